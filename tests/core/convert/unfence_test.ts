import assert from "node:assert/strict";
import { toMessage } from "../../../core/convert/message.ts";
import { unfence } from "../../../core/convert/unfence.ts";
import { textStream } from "../../support/text_stream.ts";

const CASES: readonly [string, readonly string[], string][] = [
  ["takes a fence off", ["```js", 'on\n{"title":', '"a"}\n``', "`\n"], '{"title":"a"}'],
  ["takes a fence without a language off", ["```\n{}\n```"], "{}"],
  ["takes a fence off with all white space", ["```json", " ".repeat(5_000), "{}\n ```"], "{}"],
  ["leaves a fence that is not closed", ["```json\n{}"], "```json\n{}"],
  [
    "leaves white space without end",
    ["```json", " ".repeat(5_000)],
    `\`\`\`json${" ".repeat(5_000)}`,
  ],
  ["leaves bare JSON", ['{"a":', "1}"], '{"a":1}'],
  ["leaves a fence inside a string", ['{"a":"```x```"}'], '{"a":"```x```"}'],
];

for (const [sentence, pieces, expected] of CASES) {
  Deno.test(`unfence() ${sentence}`, () => {
    assert.deepEqual(toMessage(textStream(pieces, unfence())).content, [{
      type: "text",
      text: expected,
    }]);
  });
}
