import assert from "node:assert/strict";
import { command } from "../support/command.ts";
import { clientTest } from "./support/stage.ts";

clientTest("the client lists files through the demo", {
  files: { "in-the-folder.txt": "found" },
  script: [],
}, async (stage) => {
  const demo = command(["demo", "--port", "0"], { cwd: stage.home }).spawn();
  try {
    const url = await firstMatch(demo.stdout, /serves the demo model on (http\S+)\./);
    const outcome = await stage.ask("List the files here", {
      environment: { ANTHROPIC_BASE_URL: url },
    });
    assert.match(outcome.result, /in-the-folder\.txt/);
    assert.equal(outcome.num_turns, 2);
  } finally {
    demo.kill("SIGKILL");
    await demo.stderr.cancel();
    await demo.status;
  }
});

clientTest("a client with the wrong key is told so at once", {
  settings: { ANTHROPIC_API_KEY: "sk-of-the-house" },
  script: [],
}, async (stage) => {
  const outcome = await stage.ask("Hello?");
  assert.equal(outcome.is_error, true);
  assert.match(outcome.result, /ANTHROPIC_API_KEY/);
  assert.doesNotMatch(outcome.result, /run \/login/);
  assert.equal(stage.upstream.received.length, 0);
});

clientTest("a client with the right key is let in", {
  settings: { ANTHROPIC_API_KEY: "sk-of-the-house" },
  script: [{ text: "Welcome." }],
}, async (stage) => {
  const environment = { ANTHROPIC_AUTH_TOKEN: "sk-of-the-house" };
  const outcome = await stage.ask("Hello?", { environment });
  assert.equal(outcome.result, "Welcome.");
});

clientTest("an upstream that nobody answers at is named", {
  settings: { OPENAI_BASE_URL: "http://127.0.0.1:9/v1", MAX_RETRIES: "0" },
  script: [],
}, async (stage) => {
  const outcome = await stage.ask("Hello?", { environment: { CLAUDE_CODE_MAX_RETRIES: "0" } });
  assert.equal(outcome.is_error, true);
  assert.match(outcome.result, /127\.0\.0\.1:9/);
});

clientTest("a quota that is used up costs one request and shows the provider's words", {
  script: () => ({
    error: {
      status: 429,
      body: {
        error: {
          message: "You exceeded your current quota, please check your plan and billing details.",
          type: "insufficient_quota",
          code: "insufficient_quota",
        },
      },
    },
  }),
}, async (stage) => {
  const outcome = await stage.ask("Hello?");
  assert.equal(outcome.is_error, true);
  assert.match(outcome.result, /exceeded your current quota/);
  assert.equal(stage.upstream.received.length, 1);
});

clientTest("a model that fails for good is replaced by the next one", {
  settings: { BIG_MODEL: "e2e-first,e2e-second" },
  script: ({ model }) =>
    model === "e2e-first"
      ? { error: { status: 404, body: { error: { message: "no such model" } } } }
      : { text: "The second one." },
}, async (stage) => {
  const outcome = await stage.ask("Who is there?", {
    environment: { CLAUDE_CODE_MAX_RETRIES: "0" },
  });
  assert.equal(outcome.result, "The second one.");
});

/** Reads on to the end of the match, and lets go of the rest. */
async function firstMatch(stream: ReadableStream<Uint8Array>, pattern: RegExp): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  assert.fail(`${pattern} did not come:\n${text}`);
}
