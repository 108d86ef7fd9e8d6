import assert from "node:assert/strict";
import { createDocumentReader } from "../../../core/convert/documents.ts";
import type { Request } from "../../../core/protocol/anthropic.ts";
import { captured } from "../../support/captured.ts";

Deno.test("readDocuments() reads the text of a PDF inside a tool result", async () => {
  const texts = await createDocumentReader()(captured("05"));
  assert.deepEqual([...texts.values()], ["Hello PDF"]);
});

Deno.test("readDocuments() leaves out what is no PDF after all", async () => {
  const request: Request = {
    model: "claude",
    max_tokens: 1,
    messages: [{
      role: "user",
      content: [{
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: btoa("not a PDF") },
      }],
    }],
  };
  assert.equal((await createDocumentReader()(request)).size, 0);
});
