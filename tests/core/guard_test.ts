import assert from "node:assert/strict";
import type { ProviderAdapter } from "../../core/mod.ts";
import { through } from "../support/through.ts";

function boom(): never {
  throw new TypeError("no luck");
}

const SAYS = /^The adapter "mine" failed in its (\w+) hook: no luck$/;

for (const hook of ["facts", "request", "wire", "headers", "url"] as const) {
  Deno.test(`an adapter whose ${hook} throws fails its request with its name`, async () => {
    const adapter: ProviderAdapter = { baseUrl: "http://127.0.0.1", [hook]: boom };
    const { status, answer, received } = await through(adapter, {});
    assert.equal(status, 500);
    assert.equal(SAYS.exec(answer.error.message)?.[1], hook);
    assert.equal(received.length, 0);
  });
}

for (const hook of ["request", "wire", "headers", "url", "stream", "facts"] as const) {
  Deno.test(`an adapter whose ${hook} returns a promise fails its request with its name`, async () => {
    const adapter = { baseUrl: "http://127.0.0.1", [hook]: () => Promise.reject(new Error("x")) };
    const { status, answer, received } = await through(adapter as ProviderAdapter, {});
    assert.equal(status, 500);
    assert.match(
      answer.error.message,
      new RegExp(`^The adapter "mine" .* ${hook} hook: .*promise`),
    );
    assert.equal(received.length, 0);
  });
}

for (const [hook, value] of Object.entries({ url: "nonsense", headers: { "a b": "c" } })) {
  Deno.test(`an adapter whose ${hook} returns what cannot be used fails with its name`, async () => {
    const adapter = { baseUrl: "http://127.0.0.1", [hook]: () => value } as ProviderAdapter;
    const { status, answer } = await through(adapter, {});
    assert.equal(status, 500);
    assert.match(
      answer.error.message,
      new RegExp(`^The adapter "mine" failed in its ${hook} hook`),
    );
  });
}

Deno.test("an adapter whose error hook throws fails its request with its name", async () => {
  const adapter: ProviderAdapter = { baseUrl: "http://127.0.0.1", error: boom };
  const script = [{ error: { status: 424, body: {} } }];
  const { status, answer } = await through(adapter, {}, { script });
  assert.equal(status, 500);
  assert.match(answer.error.message, SAYS);
});

const STREAMS: Readonly<Record<string, NonNullable<ProviderAdapter["stream"]>>> = {
  "that cannot be made": boom,
  "that throws on a chunk": () => ({ transform: boom }),
  "that rejects on a chunk": () => ({ transform: () => Promise.reject(new Error("no luck")) }),
  "that throws at the end": () => ({ flush: boom }),
};

for (const [sentence, stream] of Object.entries(STREAMS)) {
  for (const streamed of [true, false]) {
    const answered = streamed ? "streamed" : "whole";
    Deno.test(`a stage ${sentence} fails a ${answered} answer with the adapter's name`, async () => {
      const adapter: ProviderAdapter = { baseUrl: "http://127.0.0.1", stream };
      const script = [streamed ? { raw: ['data: {"choices":[{"delta":{}}]}\n\n'] } : {}];
      const { status, answer } = await through(adapter, {}, { script });
      assert.equal(status, 500);
      assert.match(answer.error.message, SAYS);
    });
  }
}

const NO_CHUNKS = [undefined, null, "Hello", {}, { choices: "none" }, { choices: [{}] }] as never[];

for (const item of NO_CHUNKS) {
  const said = JSON.stringify(item) ?? "nothing";
  Deno.test(`a stage that enqueues ${said} fails its answer with the adapter's name`, async () => {
    const hooks = ["start", "transform", "flush"] as const;
    for (const hook of hooks) {
      const enqueue = (...given: unknown[]) =>
        (given.at(-1) as TransformStreamDefaultController).enqueue(item);
      const adapter: ProviderAdapter = {
        baseUrl: "http://127.0.0.1",
        stream: () => ({ [hook]: enqueue }),
      };
      const { status, answer } = await through(adapter, {});
      assert.equal(status, 500);
      assert.equal(
        answer.error.message,
        'The adapter "mine" failed in its stream hook: it enqueued what is no chunk',
      );
    }
  });
}

Deno.test("a stage that cannot start fails its request before it is sent", async () => {
  const stream = () => ({ start: boom });
  const { status, answer, received } = await through({ baseUrl: "http://127.0.0.1", stream }, {});
  assert.equal(status, 500);
  assert.match(answer.error.message, SAYS);
  assert.equal(received.length, 0);
});

Deno.test("a stage that throws leaves the server as it was", async () => {
  let broken = true;
  const adapter: ProviderAdapter = {
    baseUrl: "http://127.0.0.1",
    stream: () => ({
      transform(chunk, controller) {
        if (broken) boom();
        controller.enqueue(chunk);
      },
    }),
  };
  assert.equal((await through(adapter, {})).status, 500);
  broken = false;
  assert.equal((await through(adapter, {})).status, 200);
});
