/** The captured requests of the real client, converted: a strict server takes them, and each extends the one before. */
import assert from "node:assert/strict";
import type { Anthropic, OpenAI } from "../../../core/contract.ts";
import { convertRequest } from "../../../core/convert/request.ts";
import { captured } from "../../support/captured.ts";
import { checkStrict } from "../../support/strict_openai.ts";

function convert(request: Anthropic.Request, files = true): OpenAI.Request {
  return convertRequest({ ...request, max_tokens: request.max_tokens ?? 1 }, {
    model: "model-1",
    provider: "test",
    vision: true,
    files,
    documents: new Map(),
  });
}

/** Those with a body. */
const NUMBERS = Array.from({ length: 17 }, (_, index) => String(index + 1).padStart(2, "0"))
  .filter((number) => number !== "10");

for (const number of NUMBERS) {
  Deno.test(`captured request ${number} becomes a body that a strict server takes`, () => {
    checkStrict(convert(captured(number)));
    checkStrict(convert(captured(number), false));
  });
}

/** Turns of one conversation. */
const CONSECUTIVE = [["01", "02"], ["02", "03"]] as const;

for (const [earlier, later] of CONSECUTIVE) {
  Deno.test(`what turn ${earlier} sends is a byte-exact prefix of what turn ${later} sends`, () => {
    const before = convert(captured(earlier));
    const after = convert(captured(later));
    assertPrefix(before.messages, after.messages);
    assertPrefix(before.tools ?? [], after.tools ?? []);
    assert.ok(after.messages.length > before.messages.length);
  });
}

for (const number of NUMBERS) {
  Deno.test(`each turn of captured request ${number} is a prefix of its next one`, () => {
    const request = captured(number);
    const all = convert(request);
    for (const [position, { role }] of request.messages.entries()) {
      if (role !== "assistant") continue;
      const earlier = convert({ ...request, messages: request.messages.slice(0, position) });
      assertPrefix(earlier.messages, all.messages);
      assertPrefix(earlier.tools ?? [], all.tools ?? []);
    }
  });

  Deno.test(`cache_control changes nothing in captured request ${number}`, () => {
    const request = captured(number);
    assert.equal(text(convert(without(request, "cache_control"))), text(convert(request)));
  });

  Deno.test(`a string and a single text block are the same in captured request ${number}`, () => {
    const request = captured(number);
    assert.equal(text(convert(inBlocks(request))), text(convert(request)));
    assert.equal(text(convert(inStrings(request))), text(convert(request)));
  });

  Deno.test(`captured request ${number} converts to the same bytes each time`, () => {
    const request = captured(number);
    assert.equal(text(convert(structuredClone(request))), text(convert(request)));
  });
}

function text(body: OpenAI.Request): string {
  return JSON.stringify(body);
}

function assertPrefix(before: readonly unknown[], after: readonly unknown[]): void {
  const bytes = (list: readonly unknown[]) => list.map((item) => JSON.stringify(item));
  assert.deepEqual(bytes(after).slice(0, before.length), bytes(before));
}

function without<Value>(value: Value, name: string): Value {
  return JSON.parse(JSON.stringify(value, (key, inner) => key === name ? undefined : inner));
}

type Content = Anthropic.MessageParam["content"];

function withContents(request: Anthropic.Request, change: (content: Content) => Content) {
  const messages = request.messages.map((message) => ({
    ...message,
    content: change(message.content),
  }));
  return { ...request, messages };
}

function inBlocks(request: Anthropic.Request): Anthropic.Request {
  return withContents(
    request,
    (content) => typeof content === "string" ? [{ type: "text", text: content }] : content,
  );
}

function inStrings(request: Anthropic.Request): Anthropic.Request {
  return withContents(request, (content) => {
    const [only, ...others] = content;
    return typeof only === "object" && only.type === "text" && others.length === 0
      ? only.text
      : content;
  });
}
