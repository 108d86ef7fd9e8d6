import assert from "node:assert/strict";
import { estimateTokens } from "../../../core/convert/estimate.ts";
import { countTokens } from "../../../core/convert/tokens.ts";
import type { OpenAI } from "../../../core/mod.ts";

const PART = { type: "thinking", thinking: [{ type: "text", text: "Hm, let me see." }] };
const BODY: OpenAI.Request = {
  model: "model-1",
  messages: [{ role: "assistant", content: [PART as unknown as OpenAI.ContentPart] }],
};

Deno.test("estimateTokens() counts a part of the provider's own as text", () => {
  assert.equal(estimateTokens(BODY, 400), 100);
});

Deno.test("countTokens() counts a part of the provider's own as text", async () => {
  const tokens = await countTokens(BODY);
  assert.ok(tokens > 10 && tokens < 60, `${tokens}`);
});
