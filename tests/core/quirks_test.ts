import assert from "node:assert/strict";
import type { OpenAI } from "../../core/contract.ts";
import {
  clamp,
  eachAssistant,
  eachDelta,
  inSequence,
  omit,
  rename,
  systemFirst,
  withoutReasoning,
} from "../../core/quirks.ts";
import { drive } from "../../core/stream/drive.ts";

const BODY: OpenAI.Request = {
  model: "model-1",
  max_tokens: 10,
  messages: [
    { role: "system", content: "Be brief" },
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Yes", reasoning_content: "Hm." },
    { role: "system", content: "It is late" },
    { role: "user", content: "Go on" },
  ],
};

Deno.test("omit() leaves fields out, and the value as it was", () => {
  const value = { a: 1, b: 2 };
  assert.deepEqual(omit(value, "b", "c"), { a: 1 });
  assert.deepEqual(value, { a: 1, b: 2 });
});

Deno.test("rename() renames what is there", () => {
  assert.deepEqual(rename({ a: 1, b: 2 }, { a: "x", c: "y" }), { x: 1, b: 2 });
});

Deno.test("clamp() keeps a number between two bounds", () => {
  assert.deepEqual([-1, 0.5, 9].map((value) => clamp(value, 0, 1)), [0, 0.5, 1]);
});

Deno.test("systemFirst() turns later system messages into reminders, in place", () => {
  const { messages } = systemFirst(BODY);
  assert.deepEqual(messages.map(({ role }) => role), [
    "system",
    "user",
    "assistant",
    "user",
    "user",
  ]);
  assert.equal(messages[3]?.content, "<system-reminder>\nIt is late\n</system-reminder>");
});

Deno.test("withoutReasoning() takes thinking from all assistants and nothing else", () => {
  const { messages } = withoutReasoning(BODY);
  assert.deepEqual(messages[2], { role: "assistant", content: "Yes" });
  assert.deepEqual(messages[1], BODY.messages[1]);
});

Deno.test("eachAssistant() sees assistants only", () => {
  const seen: unknown[] = [];
  eachAssistant(BODY, (message) => {
    seen.push(message.content);
    return message;
  });
  assert.deepEqual(seen, ["Yes"]);
});

Deno.test("eachDelta() changes the delta of each choice", () => {
  const stage = drive(eachDelta((delta) => rename(delta, { thoughts: "reasoning_content" }))());
  const out: OpenAI.Chunk[] = [];
  stage.write({ choices: [{ delta: { thoughts: "Hm." } }, { delta: { content: "x" } }] }, out);
  assert.deepEqual(out[0]?.choices.map(({ delta }) => delta), [
    { reasoning_content: "Hm." },
    { content: "x" },
  ]);
});

Deno.test("inSequence() passes on what each makes, at the end too", () => {
  const twice: Transformer<number, number> = {
    transform(item, controller) {
      controller.enqueue(item);
      controller.enqueue(item);
    },
  };
  const sum = (): Transformer<number, number> => {
    let total = 0;
    return {
      transform: (item) => void (total += item),
      flush: (controller) => controller.enqueue(total),
    };
  };
  const stage = drive(inSequence(twice, sum(), twice));
  const out: number[] = [];
  stage.write(1, out);
  stage.write(2, out);
  assert.deepEqual(out, []);
  stage.close(out);
  assert.deepEqual(out, [6, 6]);
});
