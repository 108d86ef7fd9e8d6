/** The server as a function: what it does with a request, before and after the status. */
import assert from "node:assert/strict";
import type { ClientHeaders, Handler, Reply } from "../../core/contract.ts";
import { ApiError } from "../../core/errors.ts";
import { type App, createServer } from "../../core/server.ts";
import { Traffic } from "../../core/traffic.ts";
import { EventFlow, flowOf } from "../../core/stream/flow.ts";
import { toEvents } from "../../core/convert/message.ts";
import { makeReply } from "../support/exchange.ts";
import { withFakeTime } from "../support/fake_time.ts";
import { linesOf } from "../support/records.ts";

const ASKED = { model: "claude-opus", max_tokens: 10, messages: [{ role: "user", content: "Hi" }] };

function serve(handler: Handler | Reply | Error, pages: App["pages"] = {}) {
  const server = createServer({
    provider: "test",
    door: { look() {}, admit: () => undefined },
    handler: typeof handler === "function"
      ? handler
      : () => handler instanceof Error ? Promise.reject(handler) : Promise.resolve(handler),
    traffic: new Traffic(),
    countTokens: () => Promise.resolve(7),
    pages,
  });
  return (path: string, body?: unknown, init: RequestInit = {}) =>
    server(
      new Request(`http://127.0.0.1:8082${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...init,
      }),
      { address: "127.0.0.1" },
    );
}

const MESSAGE = makeReply("Hello");

const STREAM = (): Reply => {
  assert.ok(MESSAGE.kind === "message");
  return { kind: "stream", events: flowOf(toEvents(MESSAGE.message)) };
};

Deno.test("POST /v1/messages is found under any query, with a slash at its end, and after a base URL's own", async () => {
  const ask = serve(MESSAGE);
  const doubled = ["/v1/v1/messages?beta=true", "//v1/messages"];
  for (const path of ["/v1/messages", "/v1/messages?beta=true", "/v1/messages/", ...doubled]) {
    const answer = await (await ask(path, ASKED)).json();
    assert.equal(answer.content[0].text, "Hello", path);
  }
});

for (const stream of [true, false]) {
  for (const [kind, reply] of [["whole answer", MESSAGE], ["stream", STREAM()]] as const) {
    Deno.test(`a client that wants ${stream ? "a stream" : "no stream"} gets one of a ${kind}`, async () => {
      const response = await serve(reply)("/v1/messages", { ...ASKED, stream });
      const type = stream ? "text/event-stream; charset=utf-8" : "application/json";
      assert.equal(response.headers.get("content-type"), type);
      assert.match(await response.text(), stream ? /event: message_stop/ : /^\{.*"Hello"/);
    });
  }
}

Deno.test("every response has a request-id of its own, refusals too", async () => {
  const ask = serve(MESSAGE);
  const ids = new Set<string | null>();
  for (const path of ["/v1/messages", "/v1/messages/count_tokens", "/nowhere"]) {
    const response = await ask(path, ASKED);
    ids.add(response.headers.get("request-id"));
    await response.body?.cancel();
  }
  assert.equal(ids.size, 3);
  for (const id of ids) assert.match(id ?? "", /^req_[0-9a-f]{32}$/);
});

Deno.test("an error is an envelope of Anthropic's with the id that the header names", async () => {
  const response = await serve(new ApiError(429, "Slow down", { retryAfter: 7 }))(
    "/v1/messages",
    ASKED,
  );
  assert.equal(response.status, 429);
  assert.equal(response.headers.get("retry-after"), "7");
  assert.deepEqual(await response.json(), {
    type: "error",
    error: { type: "rate_limit_error", message: "Slow down" },
    request_id: response.headers.get("request-id"),
  });
});

Deno.test("an error says x-should-retry only where somebody decided", async () => {
  const refuse = (shouldRetry?: boolean) =>
    serve(new ApiError(401, "No", { shouldRetry }))("/v1/messages", ASKED);
  assert.equal((await refuse(false)).headers.get("x-should-retry"), "false");
  assert.equal((await refuse(true)).headers.get("x-should-retry"), "true");
  assert.equal((await refuse()).headers.get("x-should-retry"), null);
});

Deno.test("what is refused at the door or cannot be read has a line in the log, without prompt and query", async () => {
  const lines = await linesOf(async () => {
    const ask = serve(new ApiError(529, "Overloaded"));
    await ask("/v1/messages?key=secret", undefined, { method: "POST", body: "Tell my secret" });
    await ask("/v1/messages", { ...ASKED, messages: [{ role: "nobody" }] });
    await ask("/nowhere?key=secret");
    await ask("/v1/messages", ASKED);
  });
  assert.deepEqual(lines.map((line) => line.replace(/^req_\w+ /, "")), [
    "POST /v1/messages from 127.0.0.1 400: The body is not JSON: Unexpected token 'T'",
    'POST /v1/messages from 127.0.0.1 400: messages.0.role: Invalid option: expected one of "user"|"assistant"|"system"',
    "GET /nowhere from 127.0.0.1 404: GET /nowhere is not served here; GET / lists what is",
  ]);
});

Deno.test("what breaks inside ccproxy is a 500 that tells nothing of it", async () => {
  const response = await serve(new TypeError("secret of the house"))("/v1/messages", ASKED);
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret/);
});

Deno.test("a refusal within 15 s is an HTTP error, also for a stream", async () => {
  await withFakeTime(async ({ pass }) => {
    const reply = Promise.withResolvers<Reply>();
    const response = serve(() => reply.promise)("/v1/messages", { ...ASKED, stream: true });
    await pass(14);
    reply.reject(new ApiError(429, "Slow down"));
    assert.equal((await response).status, 429);
  });
});

Deno.test("after 15 s the status is sent, then pings, and a refusal becomes an error event", async () => {
  await withFakeTime(async ({ pass }) => {
    const reply = Promise.withResolvers<Reply>();
    const asked = serve(() => reply.promise)("/v1/messages", { ...ASKED, stream: true });
    await pass(15);
    const response = await asked;
    assert.equal(response.status, 200);
    const text = response.text();
    await pass(11);
    reply.reject(new ApiError(529, "Overloaded"));
    const events = [...(await text).matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
    assert.deepEqual(events, ["ping", "ping", "error"]);
    assert.match(await text, new RegExp(`"request_id":"${response.headers.get("request-id")}"`));
  });
});

Deno.test("a stream that breaks after its status ends with an error event", async () => {
  let pulled = 0;
  const events = new EventFlow({
    pull: () =>
      pulled++ === 0
        ? Promise.resolve([{ type: "ping" as const }])
        : Promise.reject(new ApiError(502, "The provider's answer broke off")),
    idle: () => [],
    cancel() {},
  });
  const response = await serve({ kind: "stream", events })("/v1/messages", {
    ...ASKED,
    stream: true,
  });
  assert.equal(response.status, 200);
  assert.match(await response.text(), /event: ping[^]*event: error\ndata: .*"api_error"/);
});

Deno.test("a request that breaks the format is 400 and never reaches the handler", async () => {
  const ask = serve(() => assert.fail("it was asked"));
  const response = await ask("/v1/messages", {
    ...ASKED,
    messages: [{ role: "user", content: 1 }],
  });
  assert.equal(response.status, 400);
  const { error } = await response.json();
  assert.equal(error.type, "invalid_request_error");
  assert.match(error.message, /^messages\.0\.content: /);
});

const NOT_SERVED = ["/v1/complete", "/v1/messages/batches", "/favicon.ico", "/v1/messages"];

for (const path of NOT_SERVED) {
  Deno.test(`GET ${path} is 404 in the shape of the API`, async () => {
    const response = await serve(MESSAGE)(path);
    assert.equal(response.status, 404);
    assert.equal((await response.json()).error.type, "not_found_error");
  });
}

Deno.test("the probes are answered without a body", async () => {
  for (const path of ["/", "/api/hello"]) {
    const response = await serve(MESSAGE)(path, undefined, { method: "HEAD" });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), "");
  }
});

Deno.test("count_tokens answers with the count, and needs no max_tokens", async () => {
  const { max_tokens: _, ...asked } = ASKED;
  const response = await serve(MESSAGE)("/v1/messages/count_tokens?beta=true", asked);
  assert.deepEqual(await response.json(), { input_tokens: 7 });
});

Deno.test("the handler never sees the client's credentials", async () => {
  const seen: ClientHeaders[] = [];
  const ask = serve(({ headers }) => {
    seen.push(headers);
    return Promise.resolve(MESSAGE);
  });
  await ask("/v1/messages", ASKED, {
    headers: {
      "content-type": "application/json",
      authorization: "Bearer secret",
      "x-api-key": "secret",
      cookie: "a=secret",
      "x-claude-code-session-id": "s1",
    },
  });
  const names = [...seen[0]!].map(([name]) => name);
  assert.deepEqual(names, ["content-type", "x-claude-code-session-id"]);
});

Deno.test("a page of a plugin or of our own is sent as JSON, a Response as it is", async () => {
  const ask = serve(MESSAGE, {
    "GET /values": () => ({ a: 1 }),
    "GET /text": () => new Response("plain", { headers: { "content-type": "text/plain" } }),
    "GET /moved": () => Response.redirect("http://127.0.0.1/text", 302),
  });
  assert.deepEqual(await (await ask("/values")).json(), { a: 1 });
  assert.equal(await (await ask("/text")).text(), "plain");
  assert.equal((await ask("/moved")).headers.get("location"), "http://127.0.0.1/text");
});

Deno.test("POST /v1/chat/completions hands on the body as it came", async () => {
  const sent = { model: "claude-opus", messages: [{ role: "user", content: "Hi" }], seed: 7 };
  const response = await serve((exchange) => {
    assert.deepEqual(exchange.raw, sent);
    return Promise.resolve({ kind: "raw", response: Response.json({ id: "x" }) });
  })("/v1/chat/completions", sent);
  assert.deepEqual(await response.json(), { id: "x" });
});
