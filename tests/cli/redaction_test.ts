import assert from "node:assert/strict";
import { redact } from "../../cli/redaction.ts";
import { parseConfig } from "../../core/config.ts";
import { makeRedactor } from "../../core/redact.ts";

const CONFIG = parseConfig({
  OPENAI_API_KEY: "upstream-key-1",
  ANTHROPIC_API_KEY: "alice:first-client,second-client",
  CUSTOM_HEADER_X_TEAM: 'say "hello"',
  BIG_MODEL: "gpt-4o",
  SOME_KEY: "x",
});
const hide = makeRedactor(CONFIG.secrets);

Deno.test("redact() hides known secrets wherever they stand", () => {
  const record = {
    url: "https://example.com/?key=upstream-key-1",
    body: JSON.stringify({ said: "my key is first-client", team: 'say "hello"' }),
    list: ["second-client", "gpt-4o"],
    error: new Error("upstream-key-1 is wrong").message,
    tokens: 12,
  };
  const text = JSON.stringify(redact(record, hide));
  for (const secret of ["upstream-key-1", "first-client", "second-client", "hello"]) {
    assert.ok(!text.includes(secret), `${secret} in ${text}`);
  }
  assert.match(text, /gpt-4o/);
  assert.match(text, /"tokens":12/);
});

Deno.test("redact() hides credentials by the names of their headers and by their shape", () => {
  const headers = {
    "authorization": "Basic abc",
    "x-api-key": "k",
    "x-goog-api-key": "k",
    "set-cookie": "session=1",
    "content-type": "application/json",
  };
  assert.deepEqual(redact({ headers }, makeRedactor([])), {
    headers: {
      "authorization": "[hidden]",
      "x-api-key": "[hidden]",
      "x-goog-api-key": "[hidden]",
      "set-cookie": "[hidden]",
      "content-type": "application/json",
    },
  });
  assert.equal(
    redact("Bearer abcdef123456 and sk-proj-0123456789ab", makeRedactor([])),
    "Bearer [hidden] and [hidden]",
  );
});
