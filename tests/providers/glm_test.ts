import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { providers } from "../../providers/mod.ts";
import { glm } from "../../providers/glm.ts";
import { testAdapter } from "../conformance.ts";
import { BASH, thinking, through } from "../support/through.ts";

testAdapter("glm", glm, {
  model: "glm-5.3",
  knows: { body: ["thinking", "tool_stream"] },
  finish: (turn) => turn.finish === "content_filter" ? "sensitive" : turn.finish,
  refusal: (message) => ({ status: 400, body: { error: { code: "1210", message } } }),
  refuses: [
    // Q24
    (body) =>
      (body["thinking"] as { type?: string })?.type !== "enabled" ||
        !["low", "high", "max"].includes(body.reasoning_effort ?? "max")
        ? "please use low, high, or max"
        : undefined,
    // Q62, Q89
    (body) =>
      !["auto", undefined].includes(body.tool_choice as string)
        ? "tool_choice only supports auto"
        : undefined,
    (body) => outside(body.temperature) || outside(body.top_p) ? "API parameter error" : undefined,
    (body) => (body.stop?.length ?? 0) > 1 ? "stop: at most 1" : undefined,
    // Q107
    (body) => (body.max_tokens ?? 0) > 131_072 ? "max_tokens: valid range [1, 131072]" : undefined,
    (body) =>
      JSON.stringify(body.messages).includes("image_url") ? "images are not supported" : undefined,
    // A28
    (body) => body.response_format?.["type"] === "json_schema" ? "response_format" : undefined,
    // Q17: without it a call comes after a long silence
    (body) => body.stream && body.tools && body["tool_stream"] !== true ? "tool_stream" : undefined,
    // Q23, Q104
    ({ messages }) =>
      messages.some(({ role }, position) =>
          role === "system" && position > 0 ||
          role === "user" && messages[position - 1]?.role === "tool" &&
            typeof messages[position]?.content === "string"
        )
        ? "roles"
        : undefined,
  ],
  // Q21: preserved thinking must come back unchanged
  replays: (message, turn) => assert.equal(message.reasoning_content, turn.thinking),
  errors: [
    {
      status: 429,
      body: { error: { code: "1113", message: "Insufficient balance or no resource package." } },
      expect: { status: 402, type: "billing_error" },
    },
    {
      status: 429,
      body: { error: { code: "1302", message: "High concurrency usage of this API" } },
      expect: { status: 429, type: "rate_limit_error" },
    },
    {
      status: 429,
      body: { error: { code: "1308", message: "Usage limit reached for 5 hour" } },
      expect: { status: 402, says: /Usage limit reached/ },
    },
    {
      status: 400,
      body: { error: { code: "1301", message: "The system detected unsafe content" } },
      expect: { status: 400, says: /content filtering/ },
    },
    {
      status: 400,
      body: { error: { code: "1261", message: "Prompt exceeds max length" } },
      expect: { status: 400, says: /^prompt is too long: \d+ tokens > 1048576 maximum$/ },
    },
  ],
});

function outside(value: number | undefined): boolean {
  return value !== undefined && (value <= 0 || value > 1);
}

for (const url of ["https://open.bigmodel.cn/api/paas/v4", "https://api.z.ai/api/coding/paas/v4"]) {
  Deno.test(`glm: ${url} selects it`, () => {
    const config = parseConfig({ OPENAI_BASE_URL: url, OPENAI_API_KEY: "key" });
    assert.equal(assemble(config, { providers, plugins: [], version: "0.0.0" }).provider, "glm");
  });
}

const SEARCH = { tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 8 }] };

const KEPT = { type: "enabled", clear_thinking: false };

for (
  const [model, effort, sent] of [
    ["glm-5.3", "none", { thinking: KEPT, reasoning_effort: "low" }],
    ["glm-5.3", "medium", { thinking: KEPT, reasoning_effort: "high" }],
    ["glm-5.3", "max", { thinking: KEPT, reasoning_effort: "max" }],
    ["glm-5.2", "none", { thinking: { type: "disabled" } }],
    ["glm-5.2", "high", { thinking: KEPT, reasoning_effort: "high" }],
    ["glm-4.7", "high", { thinking: KEPT }],
    ["glm-4.6", "none", { thinking: { type: "disabled" } }],
    ["glm-4-plus", "high", {}],
  ] as const
) {
  Deno.test(`glm: ${model} asked for effort ${effort} (Q24, Q62)`, async () => {
    const asked = effort === "none" ? {} : thinking(effort);
    const { body } = await through(glm, { model, ...asked });
    const { thinking: type, reasoning_effort } = body;
    assert.deepEqual(JSON.parse(JSON.stringify({ thinking: type, reasoning_effort })), sent);
  });
}

for (
  const [model, cap] of [["glm-4-flash", 4_095], ["glm-4.5-air", 98_304], [
    "glm-4.6",
    131_072,
  ]] as const
) {
  Deno.test(`glm: ${model} writes ${cap} tokens at most (Q107)`, async () => {
    assert.equal((await through(glm, { model, max_tokens: 200_000 })).body.max_tokens, cap);
  });
}

Deno.test("glm: only models with a v see images (Q62)", () => {
  const sees = ["glm-4.6", "glm-4.6v", "glm-4.5v-flash", "glm-5.3"].map((model) =>
    glm.facts?.(model).vision
  );
  assert.deepEqual(sees, [false, true, true, false]);
});

Deno.test("glm: sampling stays within its bounds (Q26, Q62)", async () => {
  const sampled = { temperature: 0, top_p: 0, stop_sequences: ["a", "b"] };
  const { body } = await through(glm, { model: "glm-4-plus", ...sampled });
  assert.deepEqual([body.temperature, body.top_p, body.stop], [0.01, 0.01, ["a"]]);
});

Deno.test("glm: a call streams only from 4.6 on (Q17, Q62)", async () => {
  for (const [model, sent] of [["glm-4.5", undefined], ["glm-4.6", true]] as const) {
    const simulated = glm.request?.(
      { model, messages: [], tools: [] },
      { ...CALL, model, stream: true },
    );
    assert.equal(simulated?.["tool_stream"], sent);
  }
  const { body } = await through(glm, { model: "glm-4.6", tools: [BASH] });
  assert.ok(!("tool_stream" in body));
});

const CALL = {
  stream: true,
  baseUrl: "",
  apiKey: "",
  request: { model: "", max_tokens: 1, messages: [] },
  effort: "high",
  env: {},
} as const;

for (
  const [script, status] of [
    [{ finish: "network_error", text: "Half" }, 529],
    [{ finish: "model_context_window_exceeded" }, 400],
    [{ finish: "model_context_window_exceeded", text: "Half" }, 200],
    [{ finish: "sensitive", text: "Half" }, 200],
  ] as const
) {
  Deno.test(`glm: ${JSON.stringify(script)} becomes ${status} (Q62, Q111)`, async () => {
    assert.equal((await through(glm, {}, { script: [script] })).status, status);
  });
}

Deno.test("glm: it searches the web itself (A33)", async () => {
  const { body } = await through(glm, { model: "glm-5.3", ...SEARCH });
  const [tool] = body.tools as unknown as { type: string; web_search: { enable: boolean } }[];
  assert.equal(tool?.type, "web_search");
  assert.equal(tool?.web_search.enable, true);
});
