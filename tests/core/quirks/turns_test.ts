import assert from "node:assert/strict";
import type { OpenAI } from "../../../core/mod.ts";
import {
  autoToolChoice,
  backfillReasoning,
  inlineImagesOnly,
  latestImages,
  legalIds,
  mergeIntoResults,
  nameResults,
  withoutForbiddenTools,
} from "../../../core/mod.ts";

const CALL: OpenAI.AssistantMessage = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "call_1", type: "function", function: { name: "Bash", arguments: "{}" } }],
};
const RESULT: OpenAI.ToolMessage = { role: "tool", tool_call_id: "call_1", content: "done" };
const TOOLS: OpenAI.Tool[] = [{ type: "function", function: { name: "Bash", parameters: {} } }];

function body(...messages: OpenAI.Message[]): OpenAI.Request {
  return { model: "model-1", messages };
}

function image(url: string): OpenAI.ContentPart {
  return { type: "image_url", image_url: { url } };
}

Deno.test("mergeIntoResults() puts text beside results into the last result (Q23)", () => {
  const { messages } = mergeIntoResults(body(
    CALL,
    RESULT,
    { role: "user", content: "One." },
    { role: "user", content: "Two." },
    { role: "assistant", content: "Yes." },
    { role: "user", content: "Three." },
  ));
  assert.deepEqual(messages.map(({ content }) => content), [
    null,
    "done\n\nOne.\n\nTwo.",
    "Yes.",
    "Three.",
  ]);
});

Deno.test("mergeIntoResults() leaves an image its own turn (Q23)", () => {
  const sent = body(CALL, RESULT, { role: "user", content: [image("data:image/png;base64,AA")] });
  assert.deepEqual(mergeIntoResults(sent), sent);
});

Deno.test("backfillReasoning() fills turns with calls, or all (Q22)", () => {
  const sent = body(CALL, RESULT, { role: "assistant", content: "Yes." }, {
    ...CALL,
    reasoning_content: "Hm.",
  });
  const filled = (changed: OpenAI.Request) =>
    changed.messages.map((message) => "reasoning_content" in message && message.reasoning_content);
  assert.deepEqual(filled(backfillReasoning(sent, " ")), [" ", false, false, "Hm."]);
  assert.deepEqual(
    filled(backfillReasoning(sent, "", { everywhere: true })),
    ["", false, "", "Hm."],
  );
});

Deno.test("autoToolChoice() asks in words for what cannot be demanded (Q89)", () => {
  const named = { type: "function", function: { name: "Bash" } } as const;
  const asked = (tool_choice: OpenAI.ToolChoice, ...messages: OpenAI.Message[]) =>
    autoToolChoice({ ...body(...messages), tools: TOOLS, tool_choice });
  const user: OpenAI.Message = { role: "user", content: "Go." };
  assert.deepEqual(asked("required", user).messages, [
    { role: "user", content: "Go.\n\nAnswer by calling one of the tools." },
  ]);
  assert.equal(
    asked(named, CALL, RESULT).messages[1]?.content,
    [
      "done",
      "Answer by calling the tool Bash.",
    ].join("\n\n"),
  );
  assert.equal(asked(named, user).tool_choice, "auto");
  for (const choice of ["auto", "none"] as const) {
    assert.deepEqual(asked(choice, user), { ...body(user), tools: TOOLS, tool_choice: choice });
  }
});

Deno.test("withoutForbiddenTools() takes away tools that may not be called (Q89)", () => {
  const forbidden: OpenAI.Request = { ...body(), tools: TOOLS, tool_choice: "none" };
  assert.deepEqual(withoutForbiddenTools(forbidden), body());
});

Deno.test("nameResults() says which tool a result is of (Q55, Q67)", () => {
  assert.equal(nameResults(body(CALL, RESULT)).messages[1]?.role, "tool");
  assert.equal((nameResults(body(CALL, RESULT)).messages[1] as OpenAI.ToolMessage)["name"], "Bash");
});

Deno.test("legalIds() makes ids of one length, the same each time, and pairs them (Q67, Q84)", () => {
  const { messages } = legalIds(body(CALL, RESULT), /^[a-zA-Z0-9]{9}$/, 9);
  const call = (messages[0] as OpenAI.AssistantMessage).tool_calls?.[0]?.id ?? "";
  assert.match(call, /^[a-zA-Z0-9]{9}$/);
  assert.equal((messages[1] as OpenAI.ToolMessage).tool_call_id, call);
  assert.deepEqual(legalIds({ ...body(), messages }, /^[a-zA-Z0-9]{9}$/, 9).messages, messages);
});

Deno.test("inlineImagesOnly() makes a note of an address (Q105)", () => {
  const parts = [image("https://example.com/a.png"), image("data:image/png;base64,AA")];
  const { messages } = inlineImagesOnly(body({ role: "user", content: parts }));
  assert.deepEqual(messages[0]?.content, [
    { type: "text", text: "[image: https://example.com/a.png]" },
    parts[1],
  ]);
});

Deno.test("latestImages() keeps the last ones (Q67)", () => {
  const parts = ["A", "B", "C"].map((data) => image(`data:image/png;base64,${data}`));
  const { messages } = latestImages(body({ role: "user", content: parts }), 2);
  const kept = (messages[0]?.content as OpenAI.ContentPart[]).map(({ type }) => type);
  assert.deepEqual(kept, ["text", "image_url", "image_url"]);
  const few = body({ role: "user", content: parts });
  assert.deepEqual(latestImages(few, 3), few);
});
