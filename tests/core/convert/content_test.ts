import assert from "node:assert/strict";
import type { Anthropic } from "../../../core/contract.ts";
import { clean, type ContentOptions, convertBlock, textOf } from "../../../core/convert/content.ts";

const OPTIONS: ContentOptions = {
  tools: [{ name: "Read", description: "Reads", input_schema: { type: "object" } }],
  vision: true,
  files: false,
  documents: new Map([["PDF1", "the text"]]),
};

const png = { type: "base64", media_type: "image/png", data: "AA" } as const;
const pdf = (data: string) => ({ type: "base64", media_type: "application/pdf", data }) as const;

const BLOCKS: readonly [string, Anthropic.ContentBlock, unknown, Partial<ContentOptions>?][] = [
  ["an image", { type: "image", source: png }, {
    type: "image_url",
    image_url: { url: "data:image/png;base64,AA" },
  }],
  ["an image at an address", { type: "image", source: { type: "url", url: "https://x/a.png" } }, {
    type: "image_url",
    image_url: { url: "https://x/a.png" },
  }],
  [
    "an image for a model without eyes",
    { type: "image", source: png },
    "[image omitted: this model reads text only]",
    { vision: false },
  ],
  [
    "an image among the vendor's files",
    { type: "image", source: { type: "file", file_id: "f" } },
    "[image not available]",
  ],
  [
    "a PDF whose text is known",
    { type: "document", title: "a.pdf", source: pdf("PDF1") },
    "a.pdf:\nthe text",
  ],
  [
    "a PDF that could not be read",
    { type: "document", title: "a.pdf", source: pdf("PDF2") },
    "[a.pdf: a application/pdf that this model cannot read]",
  ],
  ["a PDF for a model that takes files", { type: "document", title: "a", source: pdf("PDF1") }, {
    type: "file",
    file: { filename: "a.pdf", file_data: "data:application/pdf;base64,PDF1" },
  }, { files: true }],
  ["a document of text", { type: "document", source: { type: "text", data: "x" } }, "document:\nx"],
  [
    "a document at an address",
    { type: "document", source: { type: "url", url: "https://x" } },
    "[document: https://x]",
  ],
  [
    "a reference to a tool",
    { type: "tool_reference", tool_name: "Read" },
    '<functions>\n<function>{"description":"Reads","name":"Read","parameters":{"type":"object"}}</function>\n</functions>',
  ],
  [
    "a reference to a tool that is gone",
    { type: "tool_reference", tool_name: "Gone" },
    "Tool Gone is now available.",
  ],
  ["a search result", {
    type: "search_result",
    title: "T",
    source: "S",
    content: [{ type: "text", text: "x" }],
  }, "T (S)\nx"],
  ["a search that failed", {
    type: "web_search_tool_result",
    tool_use_id: "a",
    content: { error_code: "x" },
  }, "[web search failed]"],
  ["redacted thinking", { type: "redacted_thinking", data: "x" }, ""],
];

for (const [what, block, expected, more] of BLOCKS) {
  Deno.test(`convertBlock() converts ${what}`, () => {
    assert.deepEqual(convertBlock(block, { ...OPTIONS, ...more }), expected);
  });
}

Deno.test("clean() leaves no half character and no control character but tab and newline", () => {
  assert.equal(clean("a\ud800b\u0000c\u001bd\te\nf\r"), "a\ufffdb\ufffdc\ufffdd\te\nf\r");
  assert.equal(clean("\u{1f600}"), "\u{1f600}");
});

Deno.test("textOf() finds the text in strings, parts and objects, and nothing elsewhere", () => {
  const cases: readonly [unknown, string][] = [
    ["a", "a"],
    [[{ type: "text", text: "a" }, { text: "b" }, "c"], "abc"],
    [{ text: "a" }, "a"],
    [[{ type: "thinking", thinking: "a" }], ""],
    [null, ""],
    [5, ""],
  ];
  for (const [content, text] of cases) assert.equal(textOf(content), text);
});
