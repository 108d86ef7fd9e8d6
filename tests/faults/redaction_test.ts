/** All that a full run writes, searched for every secret it used and for what was said. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type ProxyProcess, startProxyProcess } from "../support/proxy_process.ts";

const SECRETS = {
  upstreamKey: "upstream-Key_7f3a",
  clientKey: "client-Key_91bc",
  strangersKey: "stranger-Key_55d0",
  strangersToken: "stranger-Token_aa10",
  cookie: "cookie-Value_0d4e",
  setCookie: "set-cookie-Value_be21",
  customHeader: "custom-Value_c3c3",
  quotedHeader: 'quoted "Value" \\ 77aa',
  query: "query-Value_1b1b",
};

const PROMPT = "The-prompt-that-nobody-else-may-read";
const ANSWER = "The-answer-that-nobody-else-may-read";

/** An upstream that repeats in its complaints all that it was told. */
function startTattler() {
  let turn = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      await request.text();
      assert.equal(request.headers.get("authorization"), `Bearer ${SECRETS.upstreamKey}`);
      const told = `${request.url} ${
        JSON.stringify([...request.headers])
      } Bearer ${SECRETS.upstreamKey}`;
      const faults: (() => Response)[] = [
        () => Response.json({ error: { message: told, code: "invalid_api_key" } }, { status: 401 }),
        () => Response.json({ error: { message: told } }, { status: 422 }),
        () => new Response(told, { status: 403 }),
        () => Response.redirect(`http://127.0.0.1:9/?key=${SECRETS.upstreamKey}`, 302),
        () => new Response(`<title>${told}</title>`, { headers: { "content-type": "text/html" } }),
        () => sse(`data: {"error":{"message":${JSON.stringify(told)}}}\n\n`),
        () => sse(`data: no JSON but ${told}\n\n`),
        () =>
          sse(
            `data: {"choices":[{"delta":{"content":"x"}}]}\n\ndata: {"error":${
              JSON.stringify(told)
            }}\n\n`,
          ),
      ];
      const fault = faults[turn++];
      const response = fault?.() ?? sse(
        `data: {"choices":[{"delta":{"content":"${ANSWER}"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`,
      );
      try {
        response.headers.set("set-cookie", `id=${SECRETS.setCookie}`);
        response.headers.set("x-debug", told.slice(0, 4000));
      } catch {
        // A redirect's headers cannot be changed.
      }
      return response;
    },
  );
  return {
    address: `127.0.0.1:${server.addr.port}`,
    faults: 8,
    /** The first so many are no answers; the others come with status 200, as the pass-through hands on. */
    refusals: 4,
    begin: () => void (turn = 0),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function sse(text: string): Response {
  return new Response(text, { headers: { "content-type": "text/event-stream" } });
}

/** Asks everything there is to ask, and returns all that was answered. */
async function askAll(proxy: ProxyProcess, tattler: ReturnType<typeof startTattler>) {
  let answers = "";
  async function ask(path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${proxy.url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        "content-type": "application/json",
        "x-api-key": SECRETS.clientKey,
        cookie: `id=${SECRETS.cookie}`,
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    answers += `${response.status} ${JSON.stringify([...response.headers])} ${await response
      .text()}\n`;
  }
  const question = {
    model: "claude-opus",
    max_tokens: 10,
    messages: [{ role: "user", content: PROMPT }],
  };
  for (const stream of [true, false]) {
    tattler.begin();
    for (let turn = 0; turn <= tattler.faults; turn++) {
      await ask("/v1/messages", { ...question, stream });
    }
    tattler.begin();
    for (let turn = 0; turn < tattler.refusals; turn++) {
      await ask("/v1/chat/completions", { ...question, stream });
    }
  }
  for (const path of ["/", "/health", "/metrics", "/v1/models", "/test-connection", "/none"]) {
    await ask(path);
  }
  await ask("/v1/messages", question, { "x-api-key": SECRETS.strangersKey });
  await ask("/v1/messages", question, {
    "x-api-key": "",
    authorization: `Bearer ${SECRETS.strangersToken}`,
  });
  await ask("/v1/messages", { ...question, messages: PROMPT });
  return answers;
}

async function run(settings: Record<string, string>) {
  const folder = await Deno.makeTempDir();
  try {
    await using tattler = startTattler();
    await Deno.writeTextFile(join(folder, "key"), `${SECRETS.upstreamKey}\n`);
    const proxy = await startProxyProcess({
      folder,
      settings: {
        OPENAI_API_KEY_FILE: join(folder, "key"),
        OPENAI_BASE_URL: `http://${tattler.address}/v1?api_key=${SECRETS.query}`,
        ANTHROPIC_API_KEY: `alice:${SECRETS.clientKey}`,
        CUSTOM_HEADER_X_TEAM: SECRETS.customHeader,
        CUSTOM_HEADER_X_QUOTED: SECRETS.quotedHeader,
        MAX_RETRIES: "0",
        LOG_DIR: "logs",
        ...settings,
      },
    });
    const answers = await askAll(proxy, tattler);
    proxy.kill("SIGTERM");
    await proxy.status;
    let logs = "";
    for await (const { name } of Deno.readDir(join(folder, "logs"))) {
      logs += await Deno.readTextFile(join(folder, "logs", name));
    }
    return { answers, written: proxy.output() + logs };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function spellings(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    encodeURIComponent(secret),
    btoa(secret),
  ];
}

function assertAbsent(text: string, where: string): void {
  for (const [name, secret] of Object.entries(SECRETS)) {
    for (const spelling of spellings(secret)) {
      const at = text.indexOf(spelling);
      assert.equal(at, -1, `${name} stands in ${where}: ...${text.slice(at - 80, at + 80)}...`);
    }
  }
}

for (
  const [label, settings, shown] of [
    ["INFO", {}, false],
    ["DEBUG", { LOG_LEVEL: "DEBUG" }, true],
    ["DEBUG without bodies", { LOG_LEVEL: "DEBUG", LOG_BODIES: "false" }, false],
  ] as const
) {
  Deno.test(`a full run at ${label} writes no secret, and prompts only where they are wanted`, async () => {
    const { answers, written } = await run(settings);
    assert.match(answers, /does not accept the key of this proxy/);
    assert.match(written, /alice/);
    assertAbsent(answers, "an answer");
    assertAbsent(written, "a log");
    assert.equal(written.includes(PROMPT), shown, "the prompt in a log");
    assert.equal(written.includes(ANSWER), shown, "the answer in a log");
  });
}
