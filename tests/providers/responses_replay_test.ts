/** Thinking that the Responses API sealed comes back to it (Q41). */
import assert from "node:assert/strict";
import { converse, DIALECT, LOOK } from "../support/by_responses.ts";
import { thinkingOf } from "../support/conversation.ts";
import { framesOf, functionCall, message, reasoning, respond } from "../support/responses_wire.ts";
import { startSimulator } from "../support/simulator.ts";

/** Thinking before the text, before each call, and after all. */
const INTERLEAVED = [
  message(" "),
  reasoning("one", "First", "Second"),
  message("I look twice.", "commentary"),
  reasoning("two"),
  functionCall("call_00000001", "Bash", { command: "ls" }),
  reasoning("three", "Third"),
  reasoning("four"),
  functionCall("call_00000002", "Bash", { command: "pwd" }),
  reasoning("five"),
];

for (const stream of [true, false]) {
  const how = stream ? "streamed" : "whole";
  Deno.test(`responses: thinking comes back before what it led to, ${how} (Q41)`, async () => {
    await using simulator = startSimulator(DIALECT);
    const response = respond(INTERLEAVED, "gpt-5.6");
    simulator.script(
      stream ? { frames: framesOf(INTERLEAVED, response) } : { status: 200, body: response },
      { text: "Done." },
    );
    const talking = converse(simulator, { stream });
    const last = await talking.ask("Look twice.");
    assert.equal(thinkingOf(last), "First\n\nSecondThird");
    await talking.reply(last);
    assert.deepEqual(simulator.refusals, []);
    const { input } = simulator.wired[1] as { input: readonly Record<string, unknown>[] };
    assert.deepEqual(
      input.map(({ role, type, encrypted_content, call_id }) =>
        encrypted_content ?? call_id ?? role ?? type
      ),
      [
        "system",
        "user",
        "gAAAA-sealed-one",
        "assistant",
        "gAAAA-sealed-two",
        "call_00000001",
        "gAAAA-sealed-three",
        "gAAAA-sealed-four",
        "call_00000002",
        "call_00000001",
        "call_00000002",
      ],
    );
  });
}

Deno.test("responses: what one turn sent is a byte-exact prefix of what the next one sends (Q41)", async () => {
  await using simulator = startSimulator(DIALECT);
  simulator.script(
    { frames: framesOf(INTERLEAVED, respond(INTERLEAVED, "gpt-5.6")) },
    LOOK,
    { thinking: "Enough.", text: "Done." },
    { text: "Bye." },
  );
  const talking = converse(simulator);
  await talking.reply(await talking.reply(await talking.ask("Look.")));
  await talking.ask("Thanks.");
  const inputs = simulator.wired.map((body) =>
    JSON.stringify((body as { input: unknown }).input).slice(0, -1)
  );
  assert.equal(inputs.length, 4);
  for (const [position, input] of inputs.slice(1).entries()) {
    assert.ok(input.startsWith(`${inputs[position]},`), `turn ${position + 2}`);
  }
});

Deno.test("responses: a turn without thinking is asked for in chat completions, and back (Q41)", async () => {
  await using simulator = startSimulator(DIALECT);
  simulator.script(LOOK, { text: "Seen." }, { text: "Yes." });
  const talking = converse(simulator);
  await talking.reply(await talking.ask("Look."));
  const thoughtless = converse(simulator, { thinking: { type: "disabled" } });
  thoughtless.messages = talking.messages;
  await thoughtless.ask("Sure?");
  await talking.ask("Really?");
  assert.deepEqual(simulator.refusals, []);
  assert.deepEqual(
    simulator.urls.map(({ pathname }) => pathname),
    ["/v1/responses", "/v1/responses", "/v1/chat/completions", "/v1/responses"],
  );
  assert.ok(JSON.stringify(simulator.wired[3]).includes("gAAAA-sealed-I look."));
});
