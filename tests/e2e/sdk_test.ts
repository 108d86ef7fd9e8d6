/** The official SDK against a started ccproxy. */
import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import { type Answer, type Script, startUpstream } from "../support/scripted_upstream.ts";
import { startProxyProcess } from "../support/proxy_process.ts";

type Params = Anthropic.MessageCreateParamsNonStreaming;

const QUESTION: Params = {
  model: "claude-opus-5-5",
  max_tokens: 1000,
  messages: [{ role: "user", content: "What is the weather in Bern and in Basel?" }],
};

const TOOLS: Anthropic.Tool[] = [{
  name: "get_weather",
  description: "The weather of a city",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
}];

const USAGE = {
  prompt_tokens: 120,
  completion_tokens: 30,
  prompt_tokens_details: { cached_tokens: 100 },
  completion_tokens_details: { reasoning_tokens: 12 },
};

const CALLS = [
  { id: "call_in_bern", name: "get_weather", input: { city: "Bern" } },
  { id: "call_in_basel", name: "get_weather", input: { city: "Basel", "über": [1, null] } },
];

const answers: readonly { readonly of: string; readonly answer: Answer; readonly asked: Params }[] =
  [
    { of: "text", answer: { text: "It is sunny.", usage: USAGE }, asked: QUESTION },
    {
      of: "thinking and text",
      answer: { reasoning: "Two cities. Both sunny.", text: "It is sunny.", usage: USAGE },
      asked: { ...QUESTION, thinking: { type: "adaptive" } },
    },
    {
      of: "thinking, text and two calls",
      answer: { reasoning: "I must ask.", text: "I ask.", calls: CALLS, usage: USAGE },
      asked: { ...QUESTION, thinking: { type: "adaptive" }, tools: TOOLS },
    },
    {
      of: "a cut-off text",
      answer: { text: "It is", finish: "length", usage: USAGE },
      asked: QUESTION,
    },
  ];

for (const { of, answer, asked } of answers) {
  sdkTest(`the SDK accumulates a stream of ${of} to the whole answer`, {
    script: () => answer,
  }, async (client) => {
    const whole = await client.messages.create(asked);
    const streamed = await client.messages.stream(asked).finalMessage();
    assert.notEqual(streamed.id, whole.id);
    assert.deepEqual(plain({ ...streamed, id: whole.id, parsed_output: undefined }), plain(whole));
    assert.equal(whole.model, asked.model);
    assert.equal(whole.usage.input_tokens, 20);
    assert.equal(whole.usage.cache_read_input_tokens, 100);
    assert.equal(whole.usage.output_tokens, 30);
  });
}

sdkTest("the SDK reads thinking, text and calls as what they are", {
  script: [{ reasoning: "I must ask.", text: "I ask.", calls: CALLS }],
}, async (client) => {
  const { content, stop_reason } = await client.messages.create({ ...QUESTION, tools: TOOLS });
  assert.equal(stop_reason, "tool_use");
  assert.deepEqual(
    content.map((block) =>
      block.type === "thinking"
        ? block.thinking
        : block.type === "text"
        ? block.text
        : block.type === "tool_use"
        ? block.input
        : block.type
    ),
    ["I must ask.", "I ask.", CALLS[0]!.input, CALLS[1]!.input],
  );
});

const refusals = [
  {
    of: "a bad provider key",
    status: 401,
    seen: Anthropic.AuthenticationError,
    as: 401,
  },
  { of: "a rate limit", status: 429, seen: Anthropic.RateLimitError, as: 429 },
  { of: "a fault of the provider", status: 500, seen: Anthropic.InternalServerError, as: 502 },
] as const;

for (const { of, status, seen, as } of refusals) {
  sdkTest(`the SDK sees ${of} as ${seen.name}`, {
    script: () => ({ error: { status, body: { error: { message: "Told so." } } } }),
  }, async (client) => {
    const error = await failureOf(client.messages.create(QUESTION));
    assert.ok(error instanceof seen, `${error.constructor.name}: ${error.message}`);
    assert.equal(error.status, as);
    assert.match(error.message, /Told so\./);
    assert.match(String(error.requestID), /^req_/);
    const inStream = await failureOf(client.messages.stream(QUESTION).finalMessage());
    assert.equal(inStream.constructor, error.constructor);
  });
}

sdkTest("the SDK sees a bad request as BadRequestError that names the path", {
  script: [],
}, async (client, { received }) => {
  const image = { type: "base64", media_type: "image/png", data: 7 };
  const content = [{ type: "image", source: image }] as unknown as Anthropic.ContentBlockParam[];
  const error = await failureOf(
    client.messages.create({ ...QUESTION, messages: [{ role: "user", content }] }),
  );
  assert.ok(error instanceof Anthropic.BadRequestError, error.message);
  assert.match(error.message, /messages\.0\.content\.0\.source\.data/);
  assert.equal(received.length, 0);
});

sdkTest("the SDK sees an overflow as a prompt that is too long, with the true numbers", {
  script: [{
    error: {
      status: 400,
      body: {
        error: {
          message: "This model's maximum context length is 8192 tokens. However, your messages " +
            "resulted in 9000 tokens.",
          code: "context_length_exceeded",
        },
      },
    },
  }],
}, async (client) => {
  const error = await failureOf(client.messages.create(QUESTION));
  assert.ok(error instanceof Anthropic.BadRequestError, error.message);
  assert.match(error.message, /prompt is too long: 9000 tokens > 8192 maximum/);
});

sdkTest("the SDK throws where the upstream breaks off in the middle", {
  script: () => ({
    raw: ['data: {"choices":[{"index":0,"delta":{"content":"It is "}}]}\n\n'],
  }),
}, async (client) => {
  const error = await failureOf(client.messages.stream(QUESTION).finalMessage());
  assert.match(error.message, /broke off/);
});

sdkTest("the SDK's hang-up in the middle of a stream reaches the upstream", {
  script: () => ({ raw: endless() }),
}, async (client) => {
  const stream = client.messages.stream(QUESTION);
  for await (const event of stream) if (event.type === "content_block_delta") break;
  await cut.promise;
});

sdkTest("the SDK counts tokens without asking the upstream", {
  script: [],
}, async (client, { received }) => {
  const { messages, model } = QUESTION;
  const bare = await client.messages.countTokens({ model, messages });
  const armed = await client.messages.countTokens({ model, messages, tools: TOOLS });
  assert.ok(bare.input_tokens > 5 && bare.input_tokens < 40, String(bare.input_tokens));
  assert.ok(armed.input_tokens > bare.input_tokens + 10, String(armed.input_tokens));
  assert.equal(received.length, 0);
});

sdkTest("the SDK lists the configured models", { script: [] }, async (client) => {
  const models = [];
  for await (const model of client.models.list()) models.push(model);
  assert.deepEqual(
    models.map(({ id, type }) => ({ id, type })),
    ["e2e-big", "e2e-small"].map((name) => ({ id: `anthropic/generic/${name}`, type: "model" })),
  );
});

const cut = Promise.withResolvers<void>();

/** Speaks until nobody listens: each piece waits until the one before has been taken. */
async function* endless(): AsyncGenerator<string> {
  try {
    for (;;) {
      yield 'data: {"choices":[{"index":0,"delta":{"content":"and "}}]}\n\n';
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  } finally {
    cut.resolve();
  }
}

type Upstream = ReturnType<typeof startUpstream>;

function sdkTest(
  name: string,
  { script }: { readonly script: Script },
  act: (client: Anthropic, upstream: Upstream) => Promise<void>,
): void {
  Deno.test(name, async () => {
    await using upstream = startUpstream(script);
    await using proxy = await startProxyProcess({
      settings: {
        OPENAI_BASE_URL: upstream.baseUrl,
        BIG_MODEL: "e2e-big",
        SMALL_MODEL: "e2e-small",
        MAX_RETRIES: "0",
        ANTHROPIC_API_KEY: "sk-client",
      },
    });
    const client = new Anthropic({ baseURL: proxy.url, apiKey: "sk-client", maxRetries: 0 });
    await act(client, upstream);
  });
}

async function failureOf(
  promise: Promise<unknown>,
): Promise<InstanceType<typeof Anthropic.APIError>> {
  try {
    await promise;
  } catch (thrown) {
    assert.ok(thrown instanceof Anthropic.APIError, String(thrown));
    return thrown;
  }
  assert.fail("It did not fail");
}

/** Without what is undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
