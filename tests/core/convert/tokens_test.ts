import assert from "node:assert/strict";
import { countTokens } from "../../../core/convert/tokens.ts";

Deno.test("countTokens() counts a model's control words as the text that they are", async () => {
  const count = (content: string) =>
    countTokens({ model: "m", max_tokens: 1, messages: [{ role: "user", content }] });
  assert.ok(await count("a <|endoftext|> b <|im_start|>") > await count("a  b "));
});
