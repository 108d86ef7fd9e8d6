/** Whatever JSON a client sends, it is refused with a path or converted: nothing of ours breaks (section 0, rule 2). */
import assert from "node:assert/strict";
import fc from "fast-check";
import { makeBody, makeCall, type Route } from "../../core/call.ts";
import { toPayload } from "../../core/payload.ts";
import { createDocumentReader } from "../../core/convert/documents.ts";
import { estimateTokens } from "../../core/convert/estimate.ts";
import { ApiError } from "../../core/errors.ts";
import { parseRequest } from "../../core/schema.ts";
import { generic } from "../../providers/generic.ts";
import { exchangeOf } from "../support/ask.ts";
import { checkStrict } from "../support/strict_openai.ts";

const odd = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  1.5,
  "",
  "text",
  [],
  {},
  "base64",
  "\ud800",
);

const NAMES = [
  "type",
  "text",
  "source",
  "data",
  "media_type",
  "url",
  "content",
  "title",
  "id",
  "name",
  "input",
  "tool_use_id",
  "tool_name",
  "thinking",
  "signature",
  "tool",
  "definition",
  "is_error",
  "effort",
];

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    odd,
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 3 }),
  ),
}));

/** Right nearly always, so that most requests are taken, and anything now and then. */
function mostly(right: fc.Arbitrary<unknown> | object | string | number): fc.Arbitrary<unknown> {
  const good = right instanceof fc.Arbitrary ? right : fc.constant(right);
  return fc.oneof({ weight: 40, arbitrary: good }, { weight: 1, arbitrary: value });
}

const TYPES = [
  "text",
  "image",
  "document",
  "thinking",
  "redacted_thinking",
  "tool_use",
  "tool_result",
  "tool_reference",
  "search_result",
  "server_tool_use",
  "web_search_tool_result",
  "tool_addition",
  "tool_removal",
  "compaction",
  "unheard_of",
];

const source = fc.record({
  type: fc.constantFrom("base64", "url", "text", "content", "file"),
  media_type: fc.constant("image/png"),
  data: mostly("AAAA"),
  url: mostly("https://example.com/a.png"),
  content: mostly(fc.constantFrom<unknown>("Hello", [{ type: "text", text: "Hello" }])),
  file_id: fc.constant("file_1"),
});

const OURS = "ccp1.eyJwcm92aWRlciI6InRlc3QifQ";

/** A block with all the fields that some block has, each right or anything. */
const block = fc.record({
  type: fc.constantFrom(...TYPES),
  text: mostly("Hello"),
  source: mostly(source),
  title: fc.oneof(fc.constant("a title"), odd),
  id: mostly("toolu_1"),
  tool_use_id: mostly("toolu_1"),
  name: mostly("Bash"),
  tool_name: mostly("Bash"),
  input: mostly({ a: 1 }),
  content: mostly(fc.constantFrom<unknown>("Hello", null, [{ type: "text", text: "Hello" }])),
  thinking: mostly("Hm"),
  signature: mostly(fc.constantFrom(OURS, "ccp1.bm90IGpzb24", "foreign", "")),
  tool: mostly(fc.constant({ type: "tool_reference", name: "Bash" })),
});

const message = fc.record({
  role: fc.constantFrom("user", "assistant", "system"),
  content: mostly(fc.oneof(fc.array(block, { maxLength: 3 }), fc.constant("Hello"))),
  output_config: mostly({ effort: "high" }),
}, { requiredKeys: ["role", "content"] });

const tool = fc.record({
  name: mostly("Bash"),
  type: fc.constantFrom(undefined, null, "custom", "web_search_20250305"),
  description: mostly("Runs a command"),
  input_schema: mostly({ type: "object", properties: {} }),
  defer_loading: mostly(fc.boolean()),
  max_uses: mostly(8),
  allowed_domains: mostly(["example.com"]),
}, { requiredKeys: ["name"] });

const request = fc.record({
  model: fc.constant("claude-opus"),
  max_tokens: mostly(1000),
  messages: fc.array(message, { maxLength: 3 })
    .map((messages) => [{ role: "user", content: "Hello" }, ...messages]),
  system: mostly(fc.constantFrom<unknown>("Be brief", [{ type: "text", text: "Be brief" }])),
  tools: mostly(fc.array(tool, { maxLength: 2 })),
  tool_choice: mostly(
    fc.constantFrom<unknown>({ type: "auto" }, { type: "any" }, { type: "tool", name: "Bash" }),
  ),
  thinking: mostly({ type: "adaptive" }),
  output_config: mostly({ effort: "low", format: { type: "json_schema", schema: {} } }),
  context_management: mostly({ edits: [{ type: "clear_thinking_20251015", keep: "all" }] }),
  metadata: mostly({ user_id: '{"session_id":"s1"}' }),
  stop_sequences: mostly(["</block>"]),
  stream: mostly(fc.boolean()),
  temperature: mostly(1),
}, { requiredKeys: ["model", "max_tokens", "messages"] });

const ROUTE: Route = {
  provider: "test",
  adapter: generic,
  baseUrl: "http://127.0.0.1:9/v1",
  apiKey: "",
  env: {},
  readDocuments: createDocumentReader(),
};

Deno.test("any JSON as a request is refused by its path or becomes a body that a strict server takes", async () => {
  let converted = 0;
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      let asked;
      try {
        asked = parseRequest(JSON.parse(JSON.stringify(sent)));
      } catch (thrown) {
        assert.ok(thrown instanceof ApiError && thrown.status === 400, String(thrown));
        return;
      }
      const body = await makeBody(makeCall(exchangeOf(asked), ROUTE), ROUTE);
      const text = toPayload(body).data as string;
      assert.ok(estimateTokens(body, text.length) > 0);
      checkStrict(JSON.parse(text));
      converted++;
    }),
    { numRuns: 1000 },
  );
  assert.ok(converted > 50, `only ${converted} were converted`);
});
