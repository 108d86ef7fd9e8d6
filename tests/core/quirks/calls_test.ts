import assert from "node:assert/strict";
import { argumentsAsObjects } from "../../../core/quirks.ts";

const CASES: readonly [string, string, string][] = [
  ["leaves an object", '{"a":1}', '{"a":1}'],
  ["mends what was meant to be one", '{"command": "ls', '{"command": "ls"}'],
  ["wraps what can be none", "7", '{"input":"7"}'],
];

for (const [sentence, written, expected] of CASES) {
  Deno.test(`Q73: argumentsAsObjects() ${sentence}`, () => {
    const call = {
      id: "c",
      type: "function" as const,
      function: { name: "Bash", arguments: written },
    };
    const { messages } = argumentsAsObjects({
      model: "m",
      messages: [{ role: "assistant", content: null, tool_calls: [call] }],
    });
    const [message] = messages;
    assert.ok(message?.role === "assistant");
    assert.equal(message.tool_calls?.[0]?.function.arguments, expected);
  });
}
