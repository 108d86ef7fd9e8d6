import assert from "node:assert/strict";
import { join } from "node:path";
import type { ChatBody } from "../support/scripted_upstream.ts";
import { TOOL } from "./support/mcp_server.ts";
import { added, bodies, toolNames } from "./support/reading.ts";
import { clientTest } from "./support/stage.ts";

const SERVER = join(import.meta.dirname!, "support", "mcp_server.ts");
const CONFIG = JSON.stringify({
  mcpServers: { painter: { command: Deno.execPath(), args: ["run", "--quiet", SERVER] } },
});

clientTest("an MCP tool with a long name is found, runs, and its picture reaches the model", {
  script: (body, index) =>
    index === 0
      ? {
        calls: [{
          id: "call_search",
          name: "ToolSearch",
          input: { query: `select:mcp__painter__${TOOL}`, max_results: 5 },
        }],
      }
      : index === 1
      ? { calls: [{ id: "call_paint", name: paintIn(body), input: { what: "a fox" } }] }
      : { text: "A fine fox." },
}, async (stage) => {
  const outcome = await stage.ask("Paint a fox.", {
    args: ["--mcp-config", CONFIG, "--strict-mcp-config"],
  });
  assert.equal(outcome.result, "A fine fox.");
  const [, second, third] = bodies(stage.upstream.received);
  const name = paintIn(second!);
  assert.ok(name.length <= 64, name);
  const [assistant, result, picture] = added(second, third);
  assert.equal(assistant?.tool_calls?.[0]?.function.name, name);
  assert.equal(result?.tool_call_id, "call_paint");
  assert.match(String(result.content), /Painted a fox/);
  assert.equal(picture?.role, "user");
  assert.match(JSON.stringify(picture.content), /"image_url"/);
});

/** The name that the tool has upstream. */
function paintIn(body: ChatBody): string {
  const name = toolNames(body).find((name) => name.startsWith("mcp__painter__"));
  assert.ok(name !== undefined, toolNames(body).join(" "));
  return name;
}
