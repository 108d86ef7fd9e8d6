import assert from "node:assert/strict";
import type { ProviderAdapter } from "../../../core/mod.ts";
import { BASH, frames, through } from "../../support/through.ts";

/** Carries what comes in `sealed`, wherever it comes. */
const ADAPTER: ProviderAdapter = {
  baseUrl: "http://127.0.0.1",
  stream: () => ({
    transform(chunk, controller) {
      const [choice] = chunk.choices;
      const sealed = choice?.delta["sealed"];
      controller.enqueue(
        choice && sealed
          ? { ...chunk, choices: [{ ...choice, delta: { ...choice.delta, carry: sealed } }] }
          : chunk,
      );
    },
  }),
};

Deno.test("what an adapter carries while a call is being written waits for the call's end", async () => {
  const call = (json: string, name?: string) => ({
    tool_calls: [{ index: 0, id: "call_00000001", function: { name, arguments: json } }],
  });
  const raw = frames(
    { choices: [{ delta: call('{"command":', "Bash") }] },
    { choices: [{ delta: { sealed: "SEALED" } }] },
    { choices: [{ delta: call('"ls"}') }] },
    { choices: [{ delta: {}, finish_reason: "tool_calls" }] },
  );
  const { answer } = await through(ADAPTER, { tools: [BASH] }, { script: [{ raw }] });
  assert.deepEqual(answer.content.map(({ type }) => type), ["tool_use", "thinking"]);
  assert.deepEqual((answer.content[0] as { input: unknown }).input, { command: "ls" });
});
