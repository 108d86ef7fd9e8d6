/** What is no answer at all becomes a clean result or a clean error, and no adapter stumbles over it. */
import assert from "node:assert/strict";
import { post, textsOf } from "../support/conversation.ts";
import type { Check } from "./bench.ts";

/** JSON that is no chunk, or one of the wrong types. */
const ODD: readonly unknown[] = [
  null,
  [],
  "text",
  5,
  {},
  { choices: "x" },
  { choices: [null] },
  { choices: [{}] },
  { choices: [{ delta: "x" }] },
  { choices: [{ delta: { content: 5, reasoning_content: {}, tool_calls: "x", carry: null } }] },
  { choices: [{ delta: { tool_calls: [null, "x", {}] } }] },
  { choices: [{ delta: { reasoning_details: "x", extra_content: "x", reasoning: [] } }] },
  { choices: [{ delta: { content: [null, "x", { type: "thinking" }, { type: "text" }] } }] },
  { choices: [{ delta: {}, usage: "x" }], usage: "x", base_resp: "x", x_groq: "x" },
];

const END = { choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] };

export const ODDITIES: readonly Check[] = [
  {
    sentence: "frames that are no chunks do not hide the answer",
    async run(bench) {
      const { simulator, program } = bench;
      for (const odd of ODD) {
        simulator.script({ frames: [`data: ${JSON.stringify(odd)}\n\n`, END] });
        const { message, events } = await post(program, bench.question({ stream: true }));
        assert.ok(message, `${JSON.stringify(odd)}: ${JSON.stringify(events.at(-1))}`);
        assert.ok(textsOf(message).join("").endsWith("Hi"), JSON.stringify(odd));
      }
    },
  },
  {
    sentence: "an odd value as a whole answer is a clean error",
    async run(bench) {
      const { simulator, program } = bench;
      for (const odd of ODD) {
        simulator.script({ status: 200, body: odd });
        for (const stream of [true, false]) {
          const { status, events } = await post(program, bench.question({ stream }));
          const event = events.at(-1);
          const said = `${JSON.stringify(odd)}: ${status} ${JSON.stringify(event)}`;
          assert.ok(status === 200 || event?.type === "error", said);
          assert.ok(!said.includes("hook") && !said.includes("unexpectedly"), said);
        }
      }
    },
  },
  ...["", "<html><title>Login</title></html>", "data: not JSON\n\n", "nonsense"].map((
    body,
  ): Check => ({
    sentence: `${JSON.stringify(body)} under HTTP 200 is a clean error`,
    async run(bench) {
      const { simulator, program } = bench;
      simulator.script({ status: 200, body });
      for (const stream of [true, false]) {
        const { status, events } = await post(program, bench.question({ stream }));
        assert.ok(status === 502, `${status} ${JSON.stringify(events)}`);
      }
    },
  })),
];
