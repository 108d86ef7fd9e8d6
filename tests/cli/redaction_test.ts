import assert from "node:assert/strict";
import { join } from "node:path";
import { redact } from "../../cli/redaction.ts";
import { parseConfig } from "../../core/config.ts";
import { makeRedactor } from "../../core/redact.ts";
import { ccproxy } from "../support/command.ts";
import { inFolder } from "../support/folder.ts";

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

/** What a file of the user's throws, with the key in it, and when. */
const THROWS: readonly [when: string, text: string][] = [
  ["as it is loaded", "throw error();"],
  [
    "in a timer as it is loaded",
    "setTimeout(() => { throw error(); }); await new Promise((end) => setTimeout(end, 5000));",
  ],
  [
    "in a promise that nobody waits for",
    "Promise.reject(error()); await new Promise((end) => setTimeout(end, 5000));",
  ],
  [
    "something that is no error",
    "setTimeout(() => { throw { key }; }); await new Promise((end) => setTimeout(end, 5000));",
  ],
  ["as its plugin is made", "export const plugin = () => { throw error(); };"],
  [
    "in its facts",
    'export const adapter = { baseUrl: "http://127.0.0.1:9", facts() { throw error(); } };',
  ],
];

for (const command of ["start", "check", "code"]) {
  for (const [when, text] of THROWS) {
    Deno.test(`${command} ends without a word of the key that a plugin throws ${when}`, () =>
      inFolder(async (cwd) => {
        const key = "key-Of_the-house-7f3a";
        const error =
          'const error = () => new Error("thrown " + key, { cause: new Error("as well " + key) });';
        const head = `const key = Deno.env.get("OPENAI_API_KEY");\n${error}\n`;
        Deno.writeTextFileSync(join(cwd, "mine.js"), head + text);
        const args = [command, "--plugin", "mine.js"];
        const env = { OPENAI_API_KEY: key, LOG_DIR: "logs", PORT: "0" };
        const { code, stdout, stderr } = await ccproxy(args, { cwd, env });
        assert.equal(code, 1);
        assert.match(stderr, /thrown \[hidden\]|object Object/);
        assert.ok(!`${stdout}${stderr}`.includes(key), stdout + stderr);
      }));
  }
}
