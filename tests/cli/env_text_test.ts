import assert from "node:assert/strict";
import * as util from "node:util";
import fc from "fast-check";
import { parseEnv } from "../../cli/env_text.ts";

const TEXT = `# a comment
PLAIN=value # with a comment
export EXPORTED = "quoted # no comment" # but this
SINGLE='a "b" \\n c'
BACK=\`it's\`
LINES="one
two"
ESCAPED="one\\ntwo"
EMPTY=
URL=https://example.com/v1?a=b
#OFF=1
not a variable
`;

Deno.test("parseEnv() reads what people write into env files", () => {
  assert.deepEqual(parseEnv(TEXT), {
    PLAIN: "value",
    EXPORTED: "quoted # no comment",
    SINGLE: 'a "b" \\n c',
    BACK: "it's",
    LINES: "one\ntwo",
    ESCAPED: "one\ntwo",
    EMPTY: "",
    URL: "https://example.com/v1?a=b",
  });
});

Deno.test("parseEnv() reads files with the line ends of Windows", () => {
  assert.deepEqual(parseEnv('A=1\r\nB="2"\r\n'), { A: "1", B: "2" });
});

Deno.test("parseEnv() agrees with Node's, where this Deno has it", () => {
  // deno-lint-ignore no-explicit-any
  const reference = (util as any)["parseEnv"] as typeof parseEnv | undefined;
  if (reference === undefined) return;
  // Node lets an empty value that is followed by spaces swallow the next line.
  const word = fc.stringMatching(/^[\w:/.$-]{0,6}( [\w:/.$-]{1,6})?$/).map((text) => text.trim());
  const value = fc.oneof(
    word,
    word.map((text) => `"${text}"`),
    word.map((text) => `'${text}\n${text}'`),
    fc.tuple(word, word).map(([one, two]) => `"${one}" #${two}`),
  );
  const line = fc.tuple(fc.stringMatching(/^[A-Z][A-Z_0-9]{0,6}$/), value)
    .map(([name, text]) => `${name}=${text}`);
  fc.assert(fc.property(fc.array(line), (lines) => {
    const text = `${lines.join("\n")}\n`;
    assert.deepEqual({ ...parseEnv(text) }, { ...reference(text) });
  }));
});
