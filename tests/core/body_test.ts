import assert from "node:assert/strict";
import { readJson } from "../../core/body.ts";

function post(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request("http://127.0.0.1/v1/messages", { method: "POST", body, headers });
}

Deno.test("readJson() refuses what is no JSON", async () => {
  await assert.rejects(readJson(post("{")), { status: 400, message: /^The body is not JSON: / });
});

Deno.test("readJson() refuses more than 64 MiB by what the client declares", async () => {
  const request = post("{}", { "content-length": String(65 * 1024 * 1024) });
  await assert.rejects(readJson(request), { status: 413, message: /64 MiB/ });
});

Deno.test("readJson() does not read a body without a length beyond 64 MiB", async () => {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent++;
      controller.enqueue(new Uint8Array(1024 * 1024));
    },
  }, { highWaterMark: 0 });
  await assert.rejects(readJson(post(body)), { status: 413 });
  assert.ok(sent <= 66, `${sent} MiB were read`);
});
