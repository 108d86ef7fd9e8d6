import assert from "node:assert/strict";
import { convertRequest, effortOf } from "../../../core/convert/request.ts";
import { encodeSignature } from "../../../core/convert/state.ts";
import type { MessageParam, Request } from "../../../core/protocol/anthropic.ts";
import type { Effort } from "../../../core/contract.ts";
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

const EFFORTS: readonly [string, Partial<Request>, Effort][] = [
  ["nothing", {}, "none"],
  ["thinking that is disabled", { thinking: { type: "disabled" } }, "none"],
  ["an effort without thinking", { output_config: { effort: "high" } }, "none"],
  ["thinking alone", { thinking: { type: "adaptive" } }, "medium"],
  ["a budget of 1024", { thinking: { type: "enabled", budget_tokens: 1024 } }, "low"],
  ["a budget of 1025", { thinking: { type: "enabled", budget_tokens: 1025 } }, "medium"],
  ["a budget of 8192", { thinking: { type: "enabled", budget_tokens: 8192 } }, "medium"],
  ["a budget of 8193", { thinking: { type: "enabled", budget_tokens: 8193 } }, "high"],
  ["an effort beside a budget", {
    thinking: { type: "enabled", budget_tokens: 1 },
    output_config: { effort: "max" },
  }, "max"],
  ["an effort that does not exist", {
    thinking: { type: "adaptive" },
    output_config: { effort: "turbo" },
  }, "medium"],
  ["a turn's effort beside the request's", {
    thinking: { type: "adaptive" },
    output_config: { effort: "low" },
    messages: [
      { role: "user", content: "a", output_config: { effort: "max" } },
      { role: "system", content: "b", output_config: { effort: "xhigh" } },
      { role: "user", content: "c" },
    ],
  }, "xhigh"],
];

for (const [asked, request, effort] of EFFORTS) {
  Deno.test(`effortOf() reads ${asked} as ${effort} (Q24)`, () => {
    assert.equal(effortOf(simple(request)), effort);
  });
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
  const messages: MessageParam[] = [
    ...["one", "two", "three"].flatMap(turn),
    { role: "user", content: "go on" },
    { role: "assistant", content: "without a thought" },
    { role: "user", content: "?" },
  ];
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
  assert.deepEqual(reasoning("all"), ["one", "two", "three", ""]);
  assert.deepEqual(reasoning({ type: "thinking_turns", value: 1 }), ["", "", "three", ""]);
  assert.deepEqual(reasoning({ type: "thinking_turns", value: 0 }), ["", "", "", ""]);
});
