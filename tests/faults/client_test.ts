/** A client that fails on purpose. After each fault the upstream is free, nothing is under way, and the next is served. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Line, SSE_HEAD } from "../support/raw_server.ts";
import { FRAMES, question, says, type Stage, startStage } from "./stage.ts";

const encoder = new TextEncoder();

const GOOD = (line: Line) => line.write(SSE_HEAD + FRAMES.join("")).then(() => line.close());

function post(body: string, length: number | string = encoder.encode(body).length): string {
  return "POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n" +
    `content-length: ${length}\r\n\r\n${body}`;
}

/** Sends bytes as they are; returns what came back until the server closed, or until `enough`. */
async function say(
  { port }: Stage,
  text: string | Uint8Array,
  enough: (answer: string) => boolean = () => false,
): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = typeof text === "string" ? encoder.encode(text) : text;
  let answer = "";
  const sending = (async () => {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  })().catch(() => {});
  const buffer = new Uint8Array(16 * 1024);
  while (!enough(answer)) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) break;
    answer += new TextDecoder("latin1").decode(buffer.subarray(0, count));
  }
  await sending;
  return answer;
}

async function assertServes(stage: Stage): Promise<void> {
  assert.match((await stage.ask()).text, /I will look/);
}

Deno.test("a client that leaves after any number of bytes frees the upstream", async () => {
  let freed = 0;
  await using stage = startStage(async (line, index) => {
    if (index % 2 === 1) return GOOD(line);
    await line.write(SSE_HEAD + FRAMES.slice(0, -3).join(""));
    await line.left;
    freed++;
  });
  for (let bytes = 1; bytes < 2000; bytes += 97) {
    await say(stage, post(question()), (answer) => answer.length >= bytes);
    await assertServes(stage);
  }
  assert.equal(freed, 21);
});

// A busy machine may keep the test itself waiting, hence the retry.
Deno.test("a client that leaves before any answer frees the upstream", { retry: 2 }, async () => {
  const asked = Promise.withResolvers<void>();
  const freed = Promise.withResolvers<void>();
  await using stage = startStage(async (line, index) => {
    if (index > 0) return GOOD(line);
    asked.resolve();
    await line.left;
    freed.resolve();
  });
  const leave = new AbortController();
  const left = assert.rejects(stage.ask(true, leave.signal));
  await asked.promise;
  const leftAt = performance.now();
  leave.abort();
  await freed.promise;
  assert.ok(performance.now() - leftAt < 100, "it took longer than 100 ms");
  await left;
  await assertServes(stage);
});

Deno.test("a client that reads a byte at a time gets every byte", async () => {
  await using stage = startStage(GOOD);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: stage.port });
  await connection.write(encoder.encode(post(question())));
  let answer = "";
  const one = new Uint8Array(1);
  while (!answer.endsWith("\r\n0\r\n\r\n")) {
    assert.equal(await connection.read(one), 1);
    answer += String.fromCharCode(one[0]!);
  }
  assert.match(answer, /message_stop/);
});

Deno.test("a client that sends half a body and leaves costs nothing", async () => {
  await using stage = startStage(GOOD);
  const body = question();
  for (const part of [0, 1, body.length / 2, body.length - 1]) {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: stage.port });
    await connection.write(encoder.encode(post(body.slice(0, part), body.length)));
  }
  await assertServes(stage);
  assert.equal(stage.upstream.asked, 1);
});

Deno.test("a client that sends half a head and leaves costs nothing", async () => {
  await using stage = startStage(GOOD);
  const text = post(question());
  for (const part of [1, 20, 60, text.indexOf("\r\n\r\n") + 2]) {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: stage.port });
    await connection.write(encoder.encode(text.slice(0, part)));
  }
  await assertServes(stage);
});

Deno.test("a client that sends requests one behind the other gets both answers", async () => {
  await using stage = startStage(GOOD);
  const twice = post(question()) + post(question());
  const answer = await say(stage, twice, (text) => text.split("message_stop").length > 4);
  assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 2);
});

Deno.test("a client whose body is longer than it says gets an answer to what it said, and a 400", async () => {
  await using stage = startStage(GOOD);
  const body = question();
  const answer = await say(stage, post(`${body}and more\r\n\r\n`, body.length));
  assert.match(answer, /message_stop/);
  assert.match(answer, /HTTP\/1\.1 400/);
});

Deno.test("a client whose body is cut short by its length gets a 400", async () => {
  await using stage = startStage(GOOD);
  const body = question();
  const answer = await say(stage, post(body.slice(0, 40), 40), (text) => text.includes("error"));
  assert.match(answer, /HTTP\/1\.1 400[^]*The body is not JSON/);
});

for (const length of ["-1", "abc", "99999999999999999999", "1e3"]) {
  Deno.test(`a client with the length "${length}" gets a 400 or 413, and nothing is read`, async () => {
    await using stage = startStage(GOOD);
    const answer = await say(stage, post(question(), length), (text) => text.includes("\r\n\r\n"));
    assert.match(answer, /HTTP\/1\.1 4(?:00|13)/);
    await assertServes(stage);
    assert.equal(stage.upstream.asked, 1);
  });
}

Deno.test("a body of more than 64 MiB gets 413 before it is sent", async () => {
  await using stage = startStage(GOOD);
  const head = post("{", 65 * 1024 * 1024);
  const answer = await say(stage, head, (text) => text.includes("too_large"));
  assert.match(answer, /HTTP\/1\.1 413[^]*request_too_large/);
});

Deno.test("a body of more than 64 MiB without a length gets 413, and the rest is not read", async () => {
  await using stage = startStage(GOOD);
  let sent = 0;
  const response = await fetch(`${stage.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: new ReadableStream({
      pull(controller) {
        sent++;
        if (sent > 400) return controller.close();
        controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
      },
    }),
  });
  assert.equal(response.status, 413);
  assert.equal((await response.json()).error.type, "request_too_large");
  assert.ok(sent < 100, `${sent} MiB were taken`);
});

Deno.test("JSON that is nested 10,000 deep gets a 400, wherever it stands", async () => {
  await using stage = startStage(GOOD);
  const deep = "[".repeat(10_000) + "]".repeat(10_000);
  const deepObject = '{"a":'.repeat(10_000) + "1" + "}".repeat(10_000);
  const bodies = [
    deep,
    deepObject,
    question().replace('"Hi"', `[{"type":"text","text":"Hi","extra":${deep}}]`),
    question().replace('"Hi"', `[{"type":"tool_use","id":"a","name":"b","input":${deepObject}}]`),
    question().replace('{"type":"object"}', deepObject),
    question().replace('{"model"', `{"unknown":${deep},"model"`),
  ];
  for (const body of bodies) {
    const response = await fetch(`${stage.url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const { error } = await response.json();
    assert.equal(response.status, 400);
    assert.equal(error.type, "invalid_request_error");
    assert.match(error.message, /nested/);
  }
  await assertServes(stage);
});

Deno.test("a client that asks for two streams and reads one holds up nobody", async () => {
  const big = says("x".repeat(60_000));
  await using stage = startStage((line, index) =>
    index === 0 ? line.write(SSE_HEAD + big.repeat(400)) : GOOD(line)
  );
  const idle = await fetch(`${stage.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: question(),
  });
  await assertServes(stage);
  await idle.body!.cancel();
});

Deno.test("any bytes as a request are answered with an error or not at all, and never reach the upstream", async () => {
  await using stage = startStage(GOOD);
  const text = post(question());
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }).map((array) => new Uint8Array(array)),
    fc.tuple(fc.nat(text.length - 90), fc.uint8Array({ minLength: 1, maxLength: 5 })).map(
      ([at, bent]) => {
        const copy = encoder.encode(text);
        copy.set(bent, at);
        return copy.slice(0, -1);
      },
    ),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (request) => {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port: stage.port });
      await connection.write(request).catch(() => {});
      await connection.closeWrite().catch(() => {});
      const answer = new TextDecoder().decode(await readAll(connection));
      assert.match(answer, /^$|^HTTP\/1\.1 4\d\d/);
    }),
    { numRuns: 200 },
  );
  await assertServes(stage);
  assert.equal(stage.upstream.asked, 1);
});

async function readAll(connection: Deno.TcpConn): Promise<Uint8Array> {
  const parts: number[] = [];
  const buffer = new Uint8Array(4096);
  while (true) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return new Uint8Array(parts);
    parts.push(...buffer.subarray(0, count));
  }
}
