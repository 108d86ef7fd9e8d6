/** OpenAI's models that think beside tools by the Responses API only (Q41). */
import assert from "node:assert/strict";
import { openai } from "../../providers/openai.ts";
import { testAdapter } from "../conformance.ts";
import { converse, DIALECT, LOOK } from "../support/by_responses.ts";
import { start } from "../support/conversation.ts";
import { atHome } from "../support/own_host.ts";
import { startSimulator } from "../support/simulator.ts";

testAdapter("responses", atHome(openai), {
  ...DIALECT,
  refuses: [
    (body, { url }) =>
      body.tools && body.reasoning_effort !== "none" && !url.pathname.endsWith("/responses")
        ? "Function tools with reasoning_effort are not supported for gpt-5.6"
        : undefined,
  ],
  replays(message, turn) {
    assert.equal(message["reasoning_content"], turn.thinking);
    assert.equal((message["sealed"] as unknown[]).length, 1);
  },
});

Deno.test("responses: a conversation in the API's own words (Q24, Q41, Q42, Q44)", async () => {
  await using simulator = startSimulator(DIALECT);
  simulator.script(LOOK, { thinking: "All seen.", text: "One file." });
  const talking = converse(simulator);
  const PDF = { type: "base64", media_type: "application/pdf", data: "JVBERi0=" };
  const PNG = { type: "base64", media_type: "image/png", data: "iVBORw0=" };
  const first = await talking.ask(
    [
      { type: "text", text: "What is there?" },
      { type: "image", source: PNG },
      { type: "document", source: PDF, title: "Plan" },
    ] as Parameters<typeof talking.ask>[0],
  );
  await talking.reply(first, [], "a.txt");
  assert.deepEqual(simulator.refusals, []);
  const { prompt_cache_key, ...body } = simulator.wired[1] as Record<string, unknown>;
  assert.match(String(prompt_cache_key), /^[0-9a-f]{32}$/);
  assert.deepEqual(body, {
    model: "gpt-5.6",
    input: [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "input_text", text: "What is there?" },
          { type: "input_image", image_url: "data:image/png;base64,iVBORw0=" },
          {
            type: "input_file",
            filename: "Plan.pdf",
            file_data: "data:application/pdf;base64,JVBERi0=",
          },
        ],
      },
      {
        type: "reasoning",
        encrypted_content: "gAAAA-sealed-I look.",
        summary: [{ type: "summary_text", text: "I look." }],
      },
      { role: "assistant", content: "Let me see.", phase: "commentary" },
      {
        type: "function_call",
        call_id: "call_00000001",
        name: "Bash",
        arguments: '{"command":"ls"}',
      },
      { type: "function_call_output", call_id: "call_00000001", output: "a.txt" },
    ],
    stream: true,
    max_output_tokens: 32_000,
    tools: [{
      type: "function",
      name: "Bash",
      description: "Runs a command",
      parameters: { type: "object", properties: { command: { type: "string" } } },
      strict: false,
    }],
    reasoning: { effort: "xhigh", summary: "auto" },
    include: ["reasoning.encrypted_content"],
    store: false,
  });
});

Deno.test("responses: a format and a choice in the API's own words (A28, Q41, Q89)", async () => {
  await using simulator = startSimulator(DIALECT);
  const schema = { type: "object", properties: { title: { type: "string" } } };
  const talking = converse(simulator, {
    output_config: { effort: "low", format: { type: "json_schema", schema } },
    tool_choice: { type: "tool", name: "Bash", disable_parallel_tool_use: true },
  });
  await talking.ask("A title?");
  assert.deepEqual(simulator.refusals, []);
  const body = simulator.wired[0] as Record<string, unknown>;
  assert.deepEqual(body["text"], { format: { type: "json_schema", name: "answer", schema } });
  assert.deepEqual(body["tool_choice"], { type: "function", name: "Bash" });
  assert.equal(body["parallel_tool_calls"], false);
});

Deno.test("responses: a body in the provider's own dialect goes to chat completions (Q41)", async () => {
  await using simulator = startSimulator(DIALECT);
  const program = start({ openai: atHome(openai) }, "openai", simulator.baseUrl);
  const messages = [{ role: "user", content: "Hi" }];
  const body = JSON.stringify({ model: "gpt-5.6", messages, reasoning_effort: "high" });
  const headers = { "content-type": "application/json" };
  const url = "http://127.0.0.1/v1/chat/completions";
  const request = new Request(url, { method: "POST", body, headers });
  const response = await program.serve(request, { address: "127.0.0.1" });
  assert.equal((await response.json()).choices[0].message.content, "Hello.");
  assert.deepEqual(simulator.urls.map(({ pathname }) => pathname), ["/v1/chat/completions"]);
});

const UNVERIFIED = {
  message: "Your organization must be verified to generate reasoning summaries.",
  type: "invalid_request_error",
  param: "reasoning.summary",
  code: "unsupported_value",
};

Deno.test("responses: who may not see summaries is asked again without, and learned (Q116)", async () => {
  await using simulator = startSimulator(DIALECT);
  simulator.script({ status: 400, body: { error: UNVERIFIED } }, { text: "Yes." });
  const talking = converse(simulator);
  await talking.ask("There?");
  await talking.ask("Still?");
  const asked = simulator.wired.map((body) => (body as { reasoning: unknown }).reasoning);
  assert.deepEqual(asked, [
    { effort: "xhigh", summary: "auto" },
    { effort: "xhigh" },
    { effort: "xhigh" },
  ]);
});

const UNSEALED = {
  message:
    "The encrypted content gAAA...CwHs could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
  type: "invalid_request_error",
  param: null,
  code: "invalid_encrypted_content",
};

Deno.test("responses: sealed thinking that is refused is left out, this time (Q116)", async () => {
  await using simulator = startSimulator(DIALECT);
  simulator.script(
    LOOK,
    { status: 400, body: { error: UNSEALED } },
    { text: "Seen." },
    { text: "Yes." },
  );
  const talking = converse(simulator);
  await talking.reply(await talking.ask("Look."));
  await talking.ask("Sure?");
  const sealed = simulator.wired.map((body) => JSON.stringify(body).includes("gAAAA-sealed"));
  assert.deepEqual(sealed, [false, true, false, true]);
});
