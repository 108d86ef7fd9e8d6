import assert from "node:assert/strict";
import type { OpenAI } from "../../core/contract.ts";
import { toPayload } from "../../core/payload.ts";

const CHARACTERS = 9 * 1024 * 1024;

function body(content: string): OpenAI.Request {
  return {
    model: "m",
    stop: undefined,
    messages: [
      { role: "user", content: [{ type: "text", text: content }] },
      { role: "assistant", content: "Hi", carry: [1], tool_calls: [] },
    ],
    tools: [],
  } as unknown as OpenAI.Request;
}

function expected(value: OpenAI.Request): string {
  return JSON.stringify(value, (key, inner) => key === "carry" ? undefined : inner);
}

Deno.test("toPayload() is JSON without what an adapter carries", () => {
  const value = body('say "hello"');
  const { data, size } = toPayload(value);
  assert.equal(data, expected(value));
  assert.equal(size, expected(value).length);
});

Deno.test("toPayload() is the body as the wire has it, where that is another one", async () => {
  const wired = { input: [{ carry: 1 }] };
  const { data, size } = toPayload(body("hello"), wired);
  assert.equal(data, '{"input":[{"carry":1}]}');
  assert.equal(size, 23);
  const large = { input: "a".repeat(CHARACTERS) };
  const blob = toPayload(body(large.input), large).data as Blob;
  assert.ok(await blob.text() === JSON.stringify(large));
});

for (
  const [label, content] of [
    ["quotes and line ends", 'He said "no".\n\t\\'],
    ["characters of two halves, at any offset", "a😀"],
    ["halves of characters", "\ud83dx\ude00"],
  ] as const
) {
  Deno.test(`toPayload() writes a large body byte by byte as JSON.stringify does: ${label}`, async () => {
    const value = body(content.repeat(CHARACTERS / content.length));
    const { data, size } = toPayload(value);
    assert.ok(data instanceof Blob);
    const text = await data.text();
    assert.ok(text === expected(value), "the texts differ");
    assert.equal(size, new TextEncoder().encode(text).length);
  });
}
