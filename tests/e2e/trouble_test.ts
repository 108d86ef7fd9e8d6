import assert from "node:assert/strict";
import { clientTest } from "./support/stage.ts";

const COMPACTION = "CRITICAL: Respond with TEXT ONLY";

const busy = {
  status: 429,
  headers: { "retry-after": "0" },
  body: { error: { message: "Rate limit reached", type: "requests", code: "rate_limit" } },
};

clientTest("a 429 of the upstream is waited for, and the client never hears of it", {
  script: [{ error: busy }, { text: "Here I am." }],
}, async (stage) => {
  const outcome = await stage.ask("Are you there?", {
    environment: { CLAUDE_CODE_MAX_RETRIES: "0" },
  });
  assert.equal(outcome.result, "Here I am.");
  assert.equal(outcome.is_error, false);
  assert.equal(outcome.num_turns, 1);
  const [first, second] = stage.upstream.received;
  assert.deepEqual(second?.body, first?.body);
});

const overflow = {
  status: 400,
  body: {
    error: {
      message: "This model's maximum context length is 8192 tokens. However, your messages " +
        "resulted in 9000 tokens. Please reduce the length of the messages.",
      type: "invalid_request_error",
      code: "context_length_exceeded",
    },
  },
};

clientTest("a context overflow makes the client compact and go on", {
  script: [
    {
      text: "I look.",
      calls: [{ id: "call_look1", name: "Bash", input: { command: "echo looked" } }],
    },
    { error: overflow },
    { text: "<analysis>Short.</analysis><summary>The user wants a look; it is done.</summary>" },
    { text: "Goes on." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("Look, then say so.");
  assert.equal(outcome.is_error, false);
  assert.equal(outcome.result, "Goes on.");
  const [, refused, summary, resumed] = stage.upstream.received.map(({ body }) =>
    JSON.stringify(body.messages)
  );
  assert.ok(refused?.includes("looked"));
  assert.ok(!refused?.includes(COMPACTION));
  assert.ok(summary?.includes(COMPACTION));
  assert.ok(resumed?.includes("The user wants a look; it is done."));
  assert.ok(!resumed?.includes(COMPACTION));
});

const refusal = { status: 400, body: { error: { message: "Unsupported knob: fizz" } } };

clientTest("a refusal that no retry cures costs one request and shows the provider's words", {
  script: () => ({ error: refusal }),
}, async (stage) => {
  const outcome = await stage.ask("Hello?");
  assert.equal(outcome.is_error, true);
  assert.match(outcome.result, /Unsupported knob: fizz/);
  assert.equal(stage.upstream.received.length, 1);
});
