import assert from "node:assert/strict";
import fc from "fast-check";
import type { Call, OpenAI } from "../../../core/mod.ts";
import { rescueCalls } from "../../../core/quirks.ts";
import { drive } from "../../../core/stream/drive.ts";

const CALL: Call = {
  model: "m",
  stream: true,
  baseUrl: "http://127.0.0.1:9",
  apiKey: "",
  effort: "none",
  env: {},
  request: {
    model: "m",
    max_tokens: 1,
    messages: [],
    tools: [{
      name: "Bash",
      input_schema: {
        type: "object",
        properties: { command: { type: "string" }, timeout: { type: "number" } },
      },
    }],
  },
};

/** What is left of a text after the rescue, streamed in these pieces and ended with "stop". */
function rescue(pieces: readonly string[], call = CALL) {
  const stage = drive(rescueCalls(call));
  const out: OpenAI.Chunk[] = [];
  for (const content of pieces) stage.write({ choices: [{ delta: { content } }] }, out);
  stage.write({ choices: [{ delta: {}, finish_reason: "stop" }] }, out);
  stage.close(out);
  const deltas = out.flatMap(({ choices }) => choices.map(({ delta }) => delta));
  return {
    text: deltas.map(({ content }) => content ?? "").join(""),
    calls: deltas.flatMap(({ tool_calls }) => tool_calls ?? []).map((call) => ({
      name: call.function?.name,
      input: JSON.parse(call.function?.arguments as string),
    })),
    finish: out.findLast(({ choices }) => choices[0]?.finish_reason)?.choices[0]?.finish_reason,
  };
}

const JSON_CALL = '{"name":"Bash","arguments":{"command":"ls"}}';
const LS = [{ name: "Bash", input: { command: "ls" } }];

const MARKUPS: Readonly<Record<string, string>> = {
  "Hermes and Qwen": `<tool_call>\n${JSON_CALL}\n</tool_call>`,
  "Qwen3-coder":
    "<tool_call>\n<function=Bash>\n<parameter=command>\nls\n</parameter>\n</function>\n</tool_call>",
  "Qwen3-coder without its outer tag":
    "<function=Bash><parameter=command>ls</parameter></function>",
  "GLM": "<tool_call>Bash\n<arg_key>command</arg_key>\n<arg_value>ls</arg_value>\n</tool_call>",
  "MiniMax":
    '<minimax:tool_call><invoke name="Bash"><parameter name="command">ls</parameter></invoke></minimax:tool_call>',
  "DeepSeek V3.2":
    '<｜DSML｜function_calls><｜DSML｜invoke name="Bash"><｜DSML｜parameter name="command" string="true">ls</｜DSML｜parameter></｜DSML｜invoke></｜DSML｜function_calls>',
  "DeepSeek V3":
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>Bash\n```json\n{"command":"ls"}\n```<｜tool▁call▁end｜>',
  "DeepSeek V3.1":
    '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>Bash<｜tool▁sep｜>{"command":"ls"}<｜tool▁call▁end｜>',
  "Kimi":
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.Bash:22<|tool_call_argument_begin|>{"command":"ls"}<|tool_call_end|>',
  "Mistral": `[TOOL_CALLS][${JSON_CALL}]`,
  "newer Mistral": '[TOOL_CALLS]Bash[ARGS]{"command":"ls"}',
  "LM Studio": `[TOOL_REQUEST]${JSON_CALL}[END_TOOL_REQUEST]`,
  "Llama": '<|python_tag|>{"name":"Bash","parameters":{"command":"ls"}}',
  "gpt-oss":
    '<|channel|>commentary to=functions.Bash <|constrain|>json<|message|>{"command":"ls"}<|call|>',
};

for (const [model, markup] of Object.entries(MARKUPS)) {
  Deno.test(`Q86: rescueCalls() reads a call in the markup of ${model}, however it is cut`, () => {
    const text = `I will look.\n${markup}`;
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 5 }), (cuts) => {
        const places = [0, ...cuts.toSorted((one, other) => one - other), text.length];
        const pieces = places.slice(1).map((end, position) => text.slice(places[position], end));
        assert.deepEqual(rescue(pieces), {
          text: "I will look.\n",
          calls: LS,
          finish: "tool_calls",
        });
      }),
      { numRuns: 40 },
    );
  });
}

Deno.test("Q86: rescueCalls() gives values the types of the schema", () => {
  const { calls } = rescue([
    "<function=Bash><parameter=command>1</parameter><parameter=timeout>5</parameter></function>",
  ]);
  assert.deepEqual(calls, [{ name: "Bash", input: { command: "1", timeout: 5 } }]);
});

const LEFT_ALONE: Readonly<Record<string, string>> = {
  "inside a code fence": "```\n" + MARKUPS["Hermes and Qwen"] + "\n```",
  "for a tool that is not offered": '<tool_call>{"name":"Rm","arguments":{}}</tool_call>',
  "that is none after all": "a <tool_call> is a tag",
};

for (const [sentence, text] of Object.entries(LEFT_ALONE)) {
  Deno.test(`Q86: rescueCalls() leaves markup ${sentence}`, () => {
    assert.deepEqual(rescue([text]), { text, calls: [], finish: "stop" });
  });
}

Deno.test("Q86: rescueCalls() leaves an answer with real calls", () => {
  const content = MARKUPS["Mistral"] ?? "";
  const said = { choices: [{ delta: { content } }] };
  const called = {
    choices: [{ delta: { tool_calls: [{ index: 0, function: { name: "Bash" } }] } }],
  };
  for (const chunks of [[said, called], [called, said]]) {
    const stage = drive(rescueCalls(CALL));
    const out: OpenAI.Chunk[] = [];
    for (const chunk of chunks) stage.write(chunk, out);
    stage.close(out);
    const deltas = out.map(({ choices }) => choices[0]?.delta ?? {});
    assert.equal(deltas.map((delta) => delta.content ?? "").join(""), content);
    assert.equal(deltas.flatMap(({ tool_calls }) => tool_calls ?? []).length, 1);
  }
});

Deno.test("Q86: rescueCalls() reads a call also where the stream ends without a finish reason", () => {
  const stage = drive(rescueCalls(CALL));
  const out: OpenAI.Chunk[] = [];
  stage.write({ choices: [{ delta: { content: MARKUPS["Mistral"] } }] }, out);
  stage.close(out);
  const calls = out.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
  assert.deepEqual(calls.map((call) => call.function?.name), ["Bash"]);
});

Deno.test("Q86: rescueCalls() does nothing where no tools are offered", () => {
  const { tools: _tools, ...request } = CALL.request;
  const text = MARKUPS["Mistral"] ?? "";
  assert.deepEqual(rescue([text], { ...CALL, request }).calls, []);
});
