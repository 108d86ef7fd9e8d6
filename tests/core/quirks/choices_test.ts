import assert from "node:assert/strict";
import { jsonInWords, mergeUsers } from "../../../core/quirks.ts";

Deno.test("jsonInWords() says the schema at the end of the conversation", () => {
  const schema = { type: "object", properties: { title: { type: "string" } } };
  const body = jsonInWords({
    model: "m",
    messages: [{ role: "user", content: "Name this." }],
    response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
  });
  assert.deepEqual(body.response_format, { type: "json_object" });
  assert.equal(body.messages.length, 1);
  assert.match(
    body.messages[0]?.content as string,
    /^Name this\.\n\n.*\n\{"type":"object".*"title"/s,
  );
});

Deno.test("jsonInWords() leaves a request that wants no structure", () => {
  const body = { model: "m", messages: [] };
  assert.equal(jsonInWords(body), body);
});

Deno.test("mergeUsers() joins neighbouring user messages, texts as text and media as parts", () => {
  const image = { type: "image_url" as const, image_url: { url: "data:image/png;base64,AA==" } };
  const { messages } = mergeUsers({
    model: "m",
    messages: [
      { role: "user", content: "one" },
      { role: "user", content: "two" },
      { role: "assistant", content: "ok" },
      { role: "user", content: "three" },
      { role: "user", content: [image] },
    ],
  });
  assert.deepEqual(messages.map(({ content }) => content), [
    "one\n\ntwo",
    "ok",
    [{ type: "text", text: "three" }, image],
  ]);
});
