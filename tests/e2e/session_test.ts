import assert from "node:assert/strict";
import { added, bash, bodies, texts } from "./support/reading.ts";
import { startProxyProcess } from "../support/proxy_process.ts";
import { clientTest } from "./support/stage.ts";
import { interactiveTest } from "./support/terminal.ts";

clientTest("a conversation goes on through another ccproxy, with the provider's ids and thoughts", {
  script: [
    { reasoning: "Look first.", calls: [bash("functions.Bash:0", "echo first")] },
    { reasoning: "Seen.", text: "First done." },
    { text: "Second done." },
  ],
}, async (stage) => {
  await stage.ask("Do the first thing.");
  await using another = await startProxyProcess({
    settings: { OPENAI_BASE_URL: stage.upstream.baseUrl, BIG_MODEL: "e2e-big" },
  });
  const outcome = await stage.ask("Do the second thing.", {
    args: ["--continue"],
    environment: { ANTHROPIC_BASE_URL: another.url },
  });
  assert.equal(outcome.result, "Second done.");
  const [, second, third] = bodies(stage.upstream.received);
  const call = third!.messages.find(({ tool_calls }) => tool_calls !== undefined);
  assert.equal(call?.reasoning_content, "Look first.");
  assert.equal(call.tool_calls?.[0]?.id, "functions.Bash:0");
  assert.equal(
    third!.messages.find(({ role }) => role === "tool")?.tool_call_id,
    "functions.Bash:0",
  );
  const [answer] = added(second, third);
  assert.equal(answer?.content, "First done.");
});

const sealed = { extra_content: { google: { thought_signature: "c2VhbGVkIHRob3VnaHQ=" } } };

clientTest("Gemini's sealed thought comes back with its call, through another ccproxy too", {
  settings: { PROVIDER: "gemini", BIG_MODEL: "gemini-3-pro" },
  script: [
    { calls: [{ ...bash("call_sealed", "echo opened"), extra: sealed }] },
    { text: "Opened." },
    { text: "Still open." },
  ],
}, async (stage) => {
  await stage.ask("Open it.");
  await using another = await startProxyProcess({
    settings: {
      OPENAI_BASE_URL: stage.upstream.baseUrl,
      BIG_MODEL: "gemini-3-pro",
      PROVIDER: "gemini",
    },
  });
  await stage.ask("Is it open?", {
    args: ["--continue"],
    environment: { ANTHROPIC_BASE_URL: another.url },
  });
  const [, second, third] = bodies(stage.upstream.received);
  for (const body of [second, third]) {
    const [call] = body!.messages.find(({ tool_calls }) => tool_calls)!.tool_calls!;
    assert.equal(call?.id, "call_sealed");
    assert.deepEqual(call["extra_content"], sealed.extra_content);
  }
});

clientTest("the effort that the user chose reaches a reasoning model in its own words", {
  settings: { PROVIDER: "openai", BIG_MODEL: "gpt-5.2" },
  script: [{ text: "Thought hard." }],
}, async (stage) => {
  await stage.ask("Think.", { args: ["--effort", "max"] });
  const [body] = bodies(stage.upstream.received);
  assert.equal(body?.["reasoning_effort"], "xhigh");
  assert.equal(body["max_tokens"], undefined);
  assert.equal(body["max_completion_tokens"], 128000);
  assert.equal(typeof body["prompt_cache_key"], "string");
});

clientTest("a subagent on haiku asks the small model", {
  script: [
    {
      calls: [{
        id: "call_agent",
        name: "Agent",
        input: {
          description: "Say hello",
          prompt: "Say hello.",
          subagent_type: "general-purpose",
          model: "haiku",
          run_in_background: false,
        },
      }],
    },
    { text: "Hello." },
    { text: "It said hello." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("Let an agent say hello.");
  assert.equal(outcome.result, "It said hello.");
  assert.deepEqual(
    bodies(stage.upstream.received).map(({ model }) => model),
    ["e2e-big", "e2e-small", "e2e-big"],
  );
});

clientTest("a window that the reported usage fills is compacted before it overflows", {
  script: [
    {
      calls: [bash("call_fill", "echo filled")],
      usage: { prompt_tokens: 120_000, completion_tokens: 10 },
    },
    { text: "<analysis>Short.</analysis><summary>The first half is done.</summary>" },
    { text: "The second half too." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("Do both halves.", {
    args: ["--model", "e2e-unknown"],
    environment: { CLAUDE_CODE_MAX_CONTEXT_TOKENS: "128000" },
  });
  assert.equal(outcome.result, "The second half too.");
  const [, summary, resumed] = bodies(stage.upstream.received);
  assert.equal(summary?.model, "e2e-unknown");
  assert.match(JSON.stringify(summary.messages.at(-1)), /CRITICAL: Respond with TEXT ONLY/);
  assert.match(JSON.stringify(resumed?.messages), /The first half is done\./);
});

const cut = Promise.withResolvers<void>();

interactiveTest("Escape in the middle of an answer ends the upstream's work", {
  script: () => ({ raw: speaking() }),
}, async (terminal) => {
  await terminal.say("Tell me a long story");
  await terminal.see(/Once upon a time/);
  await terminal.press("Escape");
  await cut.promise;
  await terminal.see(/Interrupted/);
});

interactiveTest("/compact sums up the conversation without tools, and it goes on from there", {
  script: (body) => {
    const said = texts(body, "user").join();
    if (said.includes("CRITICAL: Respond with TEXT ONLY")) {
      return { text: "<analysis>Short.</analysis><summary>They said hello.</summary>" };
    }
    return { text: said.includes("Still there?") ? "I am." : "Hello to you." };
  },
}, async (terminal, stage) => {
  await terminal.say("Hello");
  await terminal.see(/Hello to you\./);
  await terminal.say("/compact");
  await terminal.see(/Compacted/);
  await terminal.say("Still there?");
  await terminal.see(/I am\./);
  const [, summary, after] = bodies(stage.upstream.received);
  assert.ok(summary?.tools === undefined || summary["tool_choice"] === "none");
  assert.match(JSON.stringify(after?.messages), /They said hello\./);
});

/** One sentence, then silence until nobody listens any more. */
async function* speaking(): AsyncGenerator<string> {
  try {
    const delta = { content: "Once upon a time\n\nthere was a proxy. " };
    yield `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      yield ": still here\n\n";
    }
  } finally {
    cut.resolve();
  }
}
