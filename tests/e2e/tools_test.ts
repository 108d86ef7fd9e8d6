import assert from "node:assert/strict";
import { pdf, pixel } from "./support/files.ts";
import { added, bash, bodies, toolNames } from "./support/reading.ts";
import { clientTest } from "./support/stage.ts";

clientTest("a tool that was searched for is offered from then on, and runs", {
  script: [
    {
      calls: [{
        id: "call_search",
        name: "ToolSearch",
        input: { query: "select:CronList", max_results: 5 },
      }],
    },
    { calls: [{ id: "call_loaded", name: "CronList", input: {} }] },
    { text: "Nothing is planned." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("What is planned?");
  assert.equal(outcome.result, "Nothing is planned.");
  const [first, second, third] = bodies(stage.upstream.received);
  assert.ok(!toolNames(first!).includes("CronList"));
  assert.deepEqual(toolNames(second!), [...toolNames(first!), "CronList"]);
  assert.deepEqual(toolNames(third!), toolNames(second!));
  const found = added(first, second).find(({ role }) => role === "tool");
  assert.match(String(found?.content), /<function>\{.*"name":"CronList".*\}<\/function>/);
  const ran = added(second, third).find(({ role }) => role === "tool");
  assert.equal(ran?.tool_call_id, "call_loaded");
  assert.match(String(ran?.content), /No scheduled jobs/);
});

clientTest("an image that the client reads reaches the model as an image", {
  files: { "pixel.png": pixel() },
  script: [
    { calls: [read("call_image", "pixel.png"), bash("call_after", "echo after")] },
    { text: "A red dot." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("What is in the picture?");
  assert.equal(outcome.result, "A red dot.");
  const [first, second] = bodies(stage.upstream.received);
  const turn = added(first, second);
  assert.deepEqual(turn.map(({ role }) => role), ["assistant", "tool", "tool", "user"]);
  const [image] = turn[3]?.content as { type: string; image_url: { url: string } }[];
  assert.equal(image?.type, "image_url");
  assert.match(image.image_url.url, /^data:image\/(?:png|jpeg|webp);base64,/);
});

const NOTE = pdf("The code word is Enzian");

clientTest("a PDF that the client reads reaches a model without files as its text", {
  files: { "note.pdf": NOTE },
  script: [{ calls: [read("call_pdf_1", "note.pdf")] }, { text: "Enzian." }],
}, async (stage) => {
  const outcome = await stage.ask("What is the code word?");
  assert.equal(outcome.result, "Enzian.");
  const [first, second] = bodies(stage.upstream.received);
  const turn = JSON.stringify(added(first, second));
  assert.match(turn, /The code word is Enzian/);
  assert.ok(!turn.includes("JVBERi"), "the PDF went as base64 text");
});

clientTest("a PDF that the client reads reaches OpenAI as a file", {
  files: { "note.pdf": NOTE },
  settings: { PROVIDER: "openai" },
  script: [{ calls: [read("call_pdf_2", "note.pdf")] }, { text: "Enzian." }],
}, async (stage) => {
  const outcome = await stage.ask("What is the code word?");
  assert.equal(outcome.result, "Enzian.");
  const [first, second] = bodies(stage.upstream.received);
  const last = added(first, second).at(-1);
  assert.equal(last?.role, "user");
  const [part] = last.content as { type: string; file: { file_data: string } }[];
  assert.equal(part?.type, "file");
  assert.match(part.file.file_data, /^data:application\/pdf;base64,JVBERi/);
});

clientTest("a subagent works on its own, and its report comes back to the main model", {
  script: [
    {
      calls: [{
        id: "call_agent",
        name: "Agent",
        input: {
          description: "Count files",
          prompt: "Count the files here.",
          subagent_type: "general-purpose",
          run_in_background: false,
        },
      }],
    },
    { calls: [bash("call_inner", "echo 7 files")] },
    { text: "My report: 7 files." },
    { text: "There are 7." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("How many files? Let an agent count.");
  assert.equal(outcome.result, "There are 7.");
  assert.equal(stage.upstream.received.length, 4);
  const asked = bodies(stage.upstream.received);
  assert.match(JSON.stringify(asked[1]?.messages), /Count the files here\./);
  assert.deepEqual(
    added(asked[1], asked[2]).find(({ role }) => role === "tool"),
    { role: "tool", tool_call_id: "call_inner", content: "7 files" },
  );
  const report = added(asked[0], asked[3]).find(({ role }) => role === "tool");
  assert.equal(report?.tool_call_id, "call_agent");
  assert.match(String(report.content), /My report: 7 files\./);
});

function read(id: string, file_path: string) {
  return { id, name: "Read", input: { file_path } };
}
