/** The real client with a model that thinks beside tools by OpenAI's Responses API (Q41). */
import assert from "node:assert/strict";
import { RESPONSES } from "../support/responses_wire.ts";
import { pixel } from "./support/files.ts";
import { added, bash, bodies, listenAndLook } from "./support/reading.ts";
import { clientTest } from "./support/stage.ts";

clientTest("thinking sealed by the Responses API comes back with its calls, turn after turn", {
  wire: RESPONSES,
  settings: {
    PROVIDER: "openai",
    PLUGINS: new URL("support/openai_at_home.ts", import.meta.url).pathname,
    BIG_MODEL: "gpt-5.6",
  },
  files: { "pixel.png": pixel() },
  script: [
    listenAndLook(),
    { reasoning: "Once more.", calls: [bash("call_echo_2", "echo again")] },
    { reasoning: "Now I know.", text: "Heard and seen." },
    { reasoning: "Sure.", text: "Yes." },
  ],
}, async (stage) => {
  const environment = { CLAUDE_CODE_MAX_RETRIES: "0" };
  const outcome = await stage.ask("Listen and look.", { environment });
  assert.equal(outcome.result, "Heard and seen.");
  assert.equal(outcome.usage.cache_read_input_tokens, 180);
  await stage.ask("Are you sure?", { args: ["--continue"], environment });
  const { received } = stage.upstream;
  assert.deepEqual(received.map(({ path }) => path), Array(4).fill("/v1/responses"));
  const [first, second, third, fourth] = bodies(received);
  const [one] = added(first, second);
  const [two] = added(second, third);
  assert.deepEqual(one?.["sealed"], ["gAAAA-sealed-Both at once."]);
  assert.deepEqual(one?.tool_calls?.map(({ id }) => id), ["call_echo_1", "call_image"]);
  assert.deepEqual(two?.["sealed"], ["gAAAA-sealed-Once more."]);
  assert.match(JSON.stringify(second?.messages), /heard[^]*data:image\/png/);
  assert.deepEqual(second?.messages.slice(0, first?.messages.length), first?.messages);
  assert.deepEqual(third?.messages.slice(0, second?.messages.length), second?.messages);
  assert.deepEqual(
    fourth?.messages.filter(({ role }) => role === "assistant").map(({ sealed }) => sealed),
    ["Both at once.", "Once more.", "Now I know."].map((thought) => [`gAAAA-sealed-${thought}`]),
  );
});
