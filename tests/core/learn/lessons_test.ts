import assert from "node:assert/strict";
import { assemble } from "../../../core/assemble.ts";
import { parseConfig } from "../../../core/config.ts";
import type { OpenAI } from "../../../core/mod.ts";
import { linesOf } from "../../support/records.ts";
import { type ChatBody, type Script, startUpstream } from "../../support/scripted_upstream.ts";
import { QUESTION } from "../../support/through.ts";

/** More fields than are learned in one request. */
const SPARE = Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`spare_${at}`, true]));

type Rule = (body: ChatBody) => string | undefined;

/** A provider that refuses what a rule says, and the program in front of it. */
function start(...rules: readonly Rule[]) {
  const script: Script = (body) => {
    const said = rules.map((rule) => rule(body)).find((wording) => wording !== undefined);
    return said === undefined
      ? { text: "Hello." }
      : { error: { status: 400, body: { error: { message: said } } } };
  };
  const upstream = startUpstream(script);
  const adapter = {
    baseUrl: upstream.baseUrl,
    request: (body: OpenAI.Request) => ({ ...body, top_k: 1, seed: 1, ...SPARE }),
  };
  const config = parseConfig({ PROVIDER: "mine" });
  const program = assemble(config, {
    providers: { mine: adapter },
    plugins: [],
    version: "0.0.0",
  });
  const send = (path: string, init: RequestInit = {}) =>
    program.serve(new Request(`http://127.0.0.1${path}`, init), { address: "127.0.0.1" });
  return {
    received: upstream.received,
    async ask(request = {}) {
      const response = await send("/v1/messages", {
        method: "POST",
        body: JSON.stringify({ ...QUESTION, ...request }),
        headers: { "content-type": "application/json" },
      });
      return { status: response.status, answer: await response.json() };
    },
    learned: async () => (await (await send("/health")).json()).learned,
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

const NO_TOP_K: Rule = (body) => "top_k" in body ? "Unknown field top_k" : undefined;
const NO_SEED: Rule = (body) => "seed" in body ? "Unrecognized request argument: seed" : undefined;
const AT_MOST_100: Rule = ({ max_tokens }) =>
  Number(max_tokens) > 100 ? "The maximum value for max_tokens is 100" : undefined;

Deno.test("a refusal is cured and asked again unseen, and the cure remembered (Q116)", async () => {
  await using provider = start(NO_TOP_K);
  assert.equal((await provider.ask()).status, 200);
  assert.equal(provider.received.length, 2);
  assert.equal((await provider.ask()).status, 200);
  assert.equal(provider.received.length, 3, "the second question is right at once");
});

Deno.test("GET /health, which is open to all, shows what was learned of which model, not what was said (Q116)", async () => {
  await using provider = start(NO_TOP_K);
  assert.deepEqual(await provider.learned(), []);
  await provider.ask();
  assert.deepEqual(await provider.learned(), [
    { model: "model-1", since: "does not send top_k" },
  ]);
});

Deno.test("several causes are cured one after the other (Q116)", async () => {
  await using provider = start(NO_TOP_K, NO_SEED, AT_MOST_100);
  assert.equal((await provider.ask()).status, 200);
  assert.equal(provider.received.length, 4);
  assert.equal(provider.received.at(-1)?.body["max_tokens"], 100);
});

Deno.test("what was learned of one model is not said of another (Q116)", async () => {
  await using provider = start(NO_TOP_K);
  await provider.ask();
  await provider.ask({ model: "model-2" });
  assert.equal(provider.received.length, 4);
});

Deno.test("a cure that does not help is forgotten, and the refusal is told (Q116)", async () => {
  await using provider = start(() => "Unknown field top_k");
  const { status, answer } = await provider.ask();
  assert.equal(status, 424);
  assert.match(answer.error.message, /Unknown field top_k/);
  assert.equal(provider.received.length, 2);
  assert.deepEqual(await provider.learned(), []);
});

Deno.test("a provider that always has another complaint is asked six times at most (Q116)", async () => {
  let cap = 10_000;
  await using provider = start(() => `The maximum value for max_tokens is ${--cap}`);
  assert.equal((await provider.ask()).status, 424);
  assert.equal(provider.received.length, 6);
});

Deno.test("an answer that does not fit beside its prompt gives way, this once (A21, Q116)", async () => {
  const window: Rule = ({ max_tokens }) =>
    Number(max_tokens) > 12_000
      ? "This model's maximum context length is 32000 tokens. However, you requested 52000 tokens (20000 in the messages, 32000 in the completion)."
      : undefined;
  await using provider = start(window);
  assert.equal((await provider.ask()).status, 200);
  assert.equal(provider.received[1]?.body["max_tokens"], 12_000);
  await provider.ask({ max_tokens: 11_000 });
  assert.equal(provider.received[2]?.body["max_tokens"], 11_000);
});

Deno.test("a model without eyes gets a note instead of its images (Q105, Q116)", async () => {
  const blind: Rule = ({ messages }) =>
    messages.some(({ content }) => Array.isArray(content))
      ? "This model does not support image input"
      : undefined;
  await using provider = start(blind);
  const image = { type: "base64", media_type: "image/png", data: "AAAA" };
  const content = [{ type: "text", text: "See" }, { type: "image", source: image }];
  const { status } = await provider.ask({ messages: [{ role: "user", content }] });
  assert.equal(status, 200);
  assert.match(String(provider.received[1]?.body.messages[0]?.content), /^See\n\n\[image omitted/);
});

for (
  const said of [
    "input length and `max_tokens` exceed context limit: 32500 + 32000 > 32768, decrease input length",
    "You passed 32500 input tokens and requested 32000 output tokens. However, the model's context length is only 32768 tokens.",
    "maximum context length of 32768 tokens. You requested a total of 64500 tokens: 32500 tokens from the input messages and 32000 tokens for the completion.",
  ]
) {
  Deno.test(`where almost no room is left the client is told so: "${said.slice(0, 60)}" (A21)`, async () => {
    await using provider = start(() => said);
    const { status, answer } = await provider.ask();
    assert.equal(status, 400);
    assert.match(answer.error.message, /exceed context limit: 32500 \+ 32000 > 32768/);
    assert.equal(provider.received.length, 1);
  });
}

Deno.test("what is learned in a request that fails in the end is a start for the next one (Q116)", async () => {
  const rules = Object.keys(SPARE).map((name): Rule => (body) =>
    name in body ? `Unknown field ${name}` : undefined
  );
  await using provider = start(...rules);
  assert.equal((await provider.ask()).status, 424);
  assert.equal((await provider.ask()).status, 200);
  assert.equal(provider.received.length, 6 + 3);
  assert.equal((await provider.learned()).length, 7);
});

Deno.test("each cure that got somewhere is told in the log, to be reported (Q116)", async () => {
  await using cured = start(NO_TOP_K, NO_SEED);
  await using failing = start(NO_TOP_K, () => "Unknown field nobody_sent");
  for (const [provider, told] of [[cured, 2], [failing, 1]] as const) {
    const lines = (await linesOf(() => provider.ask())).filter((line) => line.includes("report"));
    assert.equal(lines.length, told);
    assert.match(
      lines[0]!,
      /^mine refused a request for model-1: "Unknown field top_k" .* does not send top_k\./,
    );
  }
});

Deno.test("a cure that does not help takes none with it that did (Q116)", async () => {
  await using provider = start(NO_TOP_K, () => "Unknown field seed");
  assert.equal((await provider.ask()).status, 424);
  assert.deepEqual(
    (await provider.learned()).map(({ since }: { since: string }) => since),
    ["does not send top_k"],
  );
});

Deno.test("cures that lead back to the first refusal are forgotten, all of them (Q116)", async () => {
  await using provider = start(
    (body) =>
      "max_tokens" in body ? "max_tokens: unsupported, use max_completion_tokens" : undefined,
    () => "max_completion_tokens: Extra inputs are not permitted",
  );
  assert.equal((await provider.ask()).status, 424);
  assert.equal(provider.received.length, 3);
  assert.deepEqual(await provider.learned(), []);
});
