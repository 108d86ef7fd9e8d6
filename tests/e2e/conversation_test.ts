import assert from "node:assert/strict";
import { added, bash, bodies, texts, toolNames } from "./support/reading.ts";
import { clientTest } from "./support/stage.ts";

clientTest("the client shows a plain answer, and its usage", {
  script: [{
    text: "Four.",
    usage: {
      prompt_tokens: 900,
      completion_tokens: 7,
      prompt_tokens_details: { cached_tokens: 600 },
    },
  }],
}, async (stage) => {
  const outcome = await stage.ask("What is two and two?");
  assert.equal(outcome.result, "Four.");
  assert.equal(outcome.is_error, false);
  assert.equal(outcome.num_turns, 1);
  assert.equal(outcome.usage.input_tokens, 300);
  assert.equal(outcome.usage.cache_read_input_tokens, 600);
  assert.equal(outcome.usage.output_tokens, 7);

  assert.equal(stage.upstream.received.length, 1);
  const { path, headers, body } = stage.upstream.received[0]!;
  assert.equal(path, "/v1/chat/completions");
  assert.equal(headers.get("authorization"), "Bearer sk-e2e");
  assert.equal(headers.get("x-app"), null);
  assert.equal(body.model, "e2e-big");
  assert.equal(body.stream, true);
  assert.equal(body.messages[0]?.role, "system");
  assert.ok(!JSON.stringify(body).includes("x-anthropic-billing-header"));
  assert.ok(texts(body, "user").some((text) => text.includes("What is two and two?")));
  const names = toolNames(body);
  assert.ok(names.includes("Bash") && names.includes("ToolSearch"), names.join(" "));
  assert.ok(!names.includes("DeferredToolPlaceholder"));
});

clientTest("the client runs a Bash call and its output comes back", {
  script: [
    { text: "I look.", calls: [bash("call_look1", "echo found-$((40 + 2))")] },
    { text: "It is found-42." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("Find it.");
  assert.equal(outcome.result, "It is found-42.");
  assert.equal(outcome.num_turns, 2);
  assert.equal(outcome.usage.output_tokens, 20);

  const [first, second] = bodies(stage.upstream.received);
  const turn = added(first, second);
  assert.deepEqual(turn.map(({ role }) => role), ["assistant", "tool"]);
  assert.equal(turn[0]?.content, "I look.");
  assert.equal(turn[0]?.tool_calls?.[0]?.id, "call_look1");
  assert.equal(turn[0]?.tool_calls?.[0]?.function.name, "Bash");
  assert.equal(turn[1]?.tool_call_id, "call_look1");
  assert.equal(turn[1]?.content, "found-42");
});

clientTest("two parallel calls are both run, and both results follow their calls", {
  script: [
    { calls: [bash("call_one_1", "echo one"), bash("call_two_2", "echo two")] },
    { text: "Both ran." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("Run two things.");
  assert.equal(outcome.result, "Both ran.");

  const [first, second] = bodies(stage.upstream.received);
  const turn = added(first, second);
  assert.deepEqual(turn[0]?.tool_calls?.map(({ id }) => id), ["call_one_1", "call_two_2"]);
  assert.deepEqual(
    turn.slice(1).map(({ role, tool_call_id, content }) => ({ role, tool_call_id, content })),
    [
      { role: "tool", tool_call_id: "call_one_1", content: "one" },
      { role: "tool", tool_call_id: "call_two_2", content: "two" },
    ],
  );
});

clientTest("thinking before a call comes back with the call", {
  script: [
    { reasoning: "I should look first.", calls: [bash("call_think", "echo thought")] },
    { reasoning: "Now I know.", text: "Done." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("Think, then look.");
  assert.equal(outcome.result, "Done.");

  const [first, second] = bodies(stage.upstream.received);
  const [assistant] = added(first, second);
  assert.equal(assistant?.reasoning_content, "I should look first.");
  assert.equal(assistant?.tool_calls?.[0]?.id, "call_think");
});

clientTest("what one turn sent upstream is a prefix of what the next one sends", {
  script: [
    { reasoning: "One.", calls: [bash("call_first_1", "echo 1")] },
    { text: "Two.", calls: [bash("call_second_2", "echo 2")] },
    { text: "Three." },
  ],
}, async (stage) => {
  await stage.ask("Count.");
  const asked = bodies(stage.upstream.received);
  assert.equal(asked.length, 3);
  for (const [index, body] of asked.slice(1).entries()) {
    const earlier = asked[index]!;
    assert.deepEqual(body.messages.slice(0, earlier.messages.length), earlier.messages);
    assert.deepEqual(body.tools?.slice(0, earlier.tools?.length), earlier.tools);
  }
});
