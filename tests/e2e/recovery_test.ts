import assert from "node:assert/strict";
import { pixel } from "./support/files.ts";
import { added, bash, bodies } from "./support/reading.ts";
import { clientTest } from "./support/stage.ts";

clientTest("an answer that is cut before its first word is asked for again unseen", {
  script: [{ raw: [frame({ role: "assistant", content: "" })] }, { text: "Whole." }],
}, async (stage) => {
  const outcome = await stage.ask("Hello?", NO_RETRY);
  assert.equal(outcome.result, "Whole.");
  const [first, second] = bodies(stage.upstream.received);
  assert.equal(stage.upstream.received.length, 2);
  assert.deepEqual(second, first);
});

clientTest("an answer that is cut after a sentence is taken up again by the client", {
  script: [
    { raw: [frame({ content: "The first half. " }), frame({ content: "And then" })] },
    { text: "the second half." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("Tell me.");
  assert.equal(outcome.is_error, false);
  assert.match(outcome.result, /the second half\./);
});

clientTest("a turn that ends after thoughts alone goes on, and the client never hears of it", {
  script: [
    { reasoning: "I must look." },
    { calls: [bash("call_look", "echo seen")] },
    { text: "Seen." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("Look.");
  assert.equal(outcome.result, "Seen.");
  const [first, second, third] = bodies(stage.upstream.received);
  assert.deepEqual(second, first);
  assert.deepEqual(added(second, third).map(({ role }) => role), ["assistant", "tool"]);
});

clientTest("a call that is cut in its arguments is never run", {
  script: [
    {
      raw: [frame({
        tool_calls: [{
          index: 0,
          id: "call_half_1",
          type: "function",
          function: { name: "Bash", arguments: '{"command":"echo ran > ran.txt' },
        }],
      })],
    },
    { calls: [bash("call_whole", "echo whole")] },
    { text: "Done." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("Run it.");
  assert.equal(outcome.result, "Done.");
  assert.deepEqual([...Deno.readDirSync(stage.folder)], []);
  const [, second, third] = bodies(stage.upstream.received);
  assert.deepEqual(added(second, third).map(({ role }) => role), ["assistant", "tool"]);
});

clientTest("a key that the provider refuses costs one request and is not mistaken for a log-in", {
  script: () => refusal(401, { message: "Incorrect API key provided", code: "invalid_api_key" }),
}, async (stage) => {
  const outcome = await stage.ask("Hello?");
  assert.equal(outcome.is_error, true);
  assert.match(outcome.result, /Incorrect API key provided/);
  assert.doesNotMatch(outcome.result, /run \/login/);
  assert.equal(stage.upstream.received.length, 1);
});

clientTest("a model that the provider does not know is named to the user", {
  script: () => refusal(404, { message: "The model e2e-big does not exist" }),
}, async (stage) => {
  const outcome = await stage.ask("Hello?");
  assert.equal(outcome.is_error, true);
  assert.match(outcome.result, /issue with the selected model/);
});

clientTest("a cap on max_tokens is learned from the refusal, and the client never hears of it", {
  script: [
    refusal(400, {
      message: "max_tokens is too large: 128000. This model supports at most 16384 completion " +
        "tokens, whereas you provided 128000.",
      param: "max_tokens",
      code: "invalid_value",
    }),
    { calls: [bash("call_again", "echo again")] },
    { text: "Done." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("Run it.", NO_RETRY);
  assert.equal(outcome.result, "Done.");
  assert.deepEqual(
    bodies(stage.upstream.received).map((body) => body["max_tokens"]),
    [128000, 16384, 16384],
  );
});

clientTest("a model that refuses images gets the turn again without them", {
  files: { "pixel.png": pixel() },
  script: [
    { calls: [{ id: "call_image", name: "Read", input: { file_path: "pixel.png" } }] },
    refusal(400, { message: "This model does not support image input" }),
    { text: "I cannot see it." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("What is in the picture?");
  assert.equal(outcome.is_error, false);
  assert.equal(outcome.result, "I cannot see it.");
  const last = JSON.stringify(stage.upstream.received.at(-1)?.body.messages);
  assert.doesNotMatch(last, /image_url/);
});

clientTest("thoughts in tags and a call written as text are read as what they are meant to be", {
  settings: { PROVIDER: "kimi" },
  script: [
    {
      text: "<think>I must look.</think>I look.\n<tool_call>\n" +
        '{"name": "Bash", "arguments": {"command": "echo seen"}}\n</tool_call>',
    },
    { text: "Seen." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("Look.");
  assert.equal(outcome.result, "Seen.");
  const [first, second] = bodies(stage.upstream.received);
  const [assistant, result] = added(first, second);
  assert.match(String(assistant?.content), /^I look\.\s*$/);
  assert.equal(assistant?.reasoning_content, "I must look.");
  assert.equal(assistant?.tool_calls?.[0]?.function.name, "Bash");
  assert.equal(result?.content, "seen");
});

const NO_RETRY = { environment: { CLAUDE_CODE_MAX_RETRIES: "0" } };

function refusal(status: number, error: Readonly<Record<string, string>>) {
  return { error: { status, body: { error } } };
}

function frame(delta: unknown): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;
}
