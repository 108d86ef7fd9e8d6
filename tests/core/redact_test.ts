import assert from "node:assert/strict";
import { makeRedactor } from "../../core/redact.ts";

Deno.test("redact() hides a secret of six characters, and leaves a word of five", () => {
  assert.equal(makeRedactor(["abc123", "abc12"])("abc123 and abc12"), "[hidden] and abc12");
});

Deno.test("redact() hides the longer of two secrets of which one holds the other", () => {
  assert.equal(makeRedactor(["secret", "secret-of-mine"])("a secret-of-mine"), "a [hidden]");
});

/** What is hidden whoever's it is, and what is left of it. */
const STRANGERS: readonly [string, string][] = [
  ["Bearer abc.def~123", "Bearer [hidden]"],
  ["basic YWxpY2U6c2VjcmV0", "basic [hidden]"],
  ["the key sk-or-v1-0123456789", "the key [hidden]"],
  [`AIza${"a".repeat(35)}`, "[hidden]"],
  ["Set-Cookie: session=1; Secure", "Set-Cookie: [hidden]"],
  ["/v1?key=abc&model=m", "/v1?key=[hidden]&model=m"],
  ["/v1?a=b&access_token=abc#top", "/v1?a=b&access_token=[hidden]#top"],
  ["http://alice:pass@example.com/", "http://[hidden]@example.com/"],
];

for (const [text, left] of STRANGERS) {
  Deno.test(`redact() leaves "${left}" of a stranger's secret`, () => {
    assert.equal(makeRedactor([])(text), left);
  });
}
