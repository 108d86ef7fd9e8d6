import assert from "node:assert/strict";
import { convertRequest } from "../../../core/convert/request.ts";
import { encodeSignature } from "../../../core/convert/state.ts";
import type { MessageParam, Request } from "../../../core/protocol/anthropic.ts";
import { captured } from "../../support/captured.ts";

const OPTIONS = {
  model: "m",
  provider: "generic",
  vision: true,
  files: false,
  documents: new Map<string, string>(),
};

function simple(more: Partial<Request> = {}): Request {
  return { model: "claude", max_tokens: 100, messages: [{ role: "user", content: "hi" }], ...more };
}

Deno.test("convertRequest() asks for structured output with the client's schema", () => {
  const { response_format, tools } = convertRequest(captured("11"), OPTIONS);
  const schema = captured("11").output_config?.format?.schema;
  assert.deepEqual(response_format, {
    type: "json_schema",
    json_schema: { name: "answer", schema },
  });
  assert.equal(tools, undefined);
});

const NOTHING: readonly [string, MessageParam["content"]][] = [
  ["an empty text", ""],
  ["an empty block", [{ type: "text", text: "" }]],
  ["blocks nobody knows", [{ type: "compaction", content: null } as never]],
];

for (const [what, content] of NOTHING) {
  Deno.test(`convertRequest() refuses messages of nothing but ${what} (A7)`, () => {
    for (const system of [undefined, "Be brief"]) {
      const request = simple({
        messages: [{ role: "user", content }],
        ...(system ? { system } : {}),
      });
      assert.throws(() => convertRequest(request, OPTIONS), {
        status: 400,
        type: "invalid_request_error",
        message: /^messages: all are empty/,
      });
    }
  });
}

Deno.test("convertRequest() keeps a probe of one token, whatever MIN_TOKENS_LIMIT says", () => {
  assert.equal(
    convertRequest(simple({ max_tokens: 1 }), { ...OPTIONS, minOutput: 1024 }).max_tokens,
    1,
  );
  assert.equal(
    convertRequest(simple({ max_tokens: 64 }), { ...OPTIONS, minOutput: 1024 }).max_tokens,
    1024,
  );
  assert.equal(
    convertRequest(simple({ max_tokens: 9000 }), { ...OPTIONS, maxOutput: 4096 }).max_tokens,
    4096,
  );
});

Deno.test("convertRequest() drops older thinking when the client says how many turns keep it", () => {
  const signature = encodeSignature({ provider: "generic" });
  const turn = (thinking: string): MessageParam[] => [
    { role: "user", content: "go on" },
    {
      role: "assistant",
      content: [{ type: "thinking", thinking, signature }, { type: "text", text: "ok" }],
    },
  ];
  const messages: MessageParam[] = [...turn("one"), ...turn("two"), ...turn("three"), {
    role: "user",
    content: "?",
  }];
  const reasoning = (keep: unknown) =>
    convertRequest(
      simple({
        messages,
        context_management: { edits: [{ type: "clear_thinking_20251015", keep }] },
      }),
      OPTIONS,
    ).messages.flatMap((message) =>
      message.role === "assistant" ? [message.reasoning_content ?? ""] : []
    );
  assert.deepEqual(reasoning("all"), ["one", "two", "three"]);
  assert.deepEqual(reasoning({ type: "thinking_turns", value: 1 }), ["", "", "three"]);
  assert.deepEqual(reasoning({ type: "thinking_turns", value: 0 }), ["", "", ""]);
});
