/** Streams as providers really send them (quirks A and D), through the whole program with the adapter for the unknown. */
import assert from "node:assert/strict";
import type { Anthropic } from "../core/mod.ts";
import { generic } from "../providers/generic.ts";
import { BASH, frames, through } from "./support/through.ts";

const READ: Anthropic.Tool = {
  name: "Read",
  input_schema: { type: "object", properties: { path: { type: "string" } } },
};
const TOOLS = { tools: [BASH, READ] };

type Fields = Readonly<Record<string, unknown>>;

function chunk(delta: unknown, rest: Fields = {}): unknown {
  return { choices: [{ index: 0, delta, finish_reason: null, ...rest }] };
}

function end(finish_reason = "stop"): unknown {
  return chunk({}, { finish_reason });
}

function call(fields: Fields, index?: number): unknown {
  return chunk({ tool_calls: [index === undefined ? fields : { index, ...fields }] });
}

function begun(name: string, id: string, json = ""): Fields {
  return { id, type: "function", function: { name, arguments: json } };
}

function more(json: unknown, rest: Fields = {}): Fields {
  return { ...rest, function: { arguments: json } };
}

/** The answer in short: texts as they are, thinking in brackets, calls as their name and input. */
function inShort({ content, stop_reason }: Anthropic.Message): unknown[] {
  const blocks = content.map((block) =>
    block.type === "text"
      ? block.text
      : block.type === "thinking"
      ? `[${block.thinking}]`
      : block.type === "tool_use"
      ? { [block.name]: block.input }
      : block.type
  );
  return [...blocks, stop_reason];
}

const BASH_LS = { Bash: { command: "ls" } };
const READ_A = { Read: { path: "a" } };
const LS = '{"command":"ls"}';
const A = '{"path":"a"}';

const ANSWERS: readonly (readonly [string, readonly unknown[], readonly unknown[]])[] = [
  ["an empty first chunk with filter results (Q1)", [
    { choices: [], id: "", model: "", prompt_filter_results: [{ prompt_index: 0 }] },
    chunk({ content: "Hi" }),
    end(),
  ], ["Hi", "end_turn"]],
  ["empty, null and shapeless chunks (Q2)", [
    chunk({ content: "Hi" }),
    end(),
    { choices: null, usage: null },
    {},
    null,
    { choices: [], usage: { prompt_tokens: 7, completion_tokens: 1 } },
  ], ["Hi", "end_turn"]],
  ["roles that are empty, missing or repeated (Q7)", [
    chunk({ role: "", content: "H" }),
    chunk({ role: "assistant", content: "i" }),
    end(),
  ], ["Hi", "end_turn"]],
  ["a finish reason that is empty, early and repeated (Q8)", [
    chunk({ content: "H" }, { finish_reason: "" }),
    chunk({ content: "i" }, { finish_reason: "stop" }),
    chunk({ content: "!" }, { finish_reason: "stop" }),
  ], ["Hi!", "end_turn"]],
  ["no finish reason at all before [DONE] (Q8)", [chunk({ content: "Hi" })], ["Hi", "end_turn"]],
  ["a delta that is null, and content that is (Q9)", [
    chunk(null),
    chunk({ content: null }),
    chunk({ content: "Hi" }),
    chunk(null, { finish_reason: "stop" }),
  ], ["Hi", "end_turn"]],
  ["a message in place of the deltas (Q9)", [
    { choices: [{ index: 0, message: { content: "Hi" }, finish_reason: "stop" }] },
  ], ["Hi", "end_turn"]],
  ["a summary of what was said (Q10)", [
    chunk({ content: "Hi" }),
    { choices: [{ index: 0, message: { content: "Hi" }, finish_reason: "stop" }] },
  ], ["Hi", "end_turn"]],
  ["the same thinking under two names (Q12)", [
    chunk({ reasoning: "Hm", reasoning_content: "Hm" }),
    chunk({ content: "Hi" }),
    end(),
  ], ["[Hm]", "Hi", "end_turn"]],
  ["white space before the text, and beside thinking (Q14)", [
    chunk({ reasoning_content: "Hm", content: "" }),
    chunk({ content: "\n\n" }),
    chunk({ content: "Hi" }),
    end(),
  ], ["[Hm]", "Hi", "end_turn"]],
  ["white space before a call (Q14)", [
    chunk({ content: "\n\n" }),
    call(begun("Bash", "call_00000001", LS), 0),
    end("tool_calls"),
  ], [BASH_LS, "tool_use"]],
  ["content in parts (Q15)", [
    chunk({ content: [{ type: "text", text: "H" }, { type: "text", text: "i" }] }),
    end(),
  ], ["Hi", "end_turn"]],
  ["a refusal in a field of its own (Q16)", [
    chunk({ content: null, refusal: "I cannot" }),
    end(),
  ], ["I cannot", "end_turn"]],
  ["a template that opens the thinking itself is text (Q27)", [
    chunk({ content: "a <think> b" }),
    end(),
  ], ["a <think> b", "end_turn"]],
  ["thinking between texts and calls (Q28)", [
    chunk({ reasoning_content: "One" }),
    chunk({ content: "Hi" }),
    chunk({ reasoning_content: "Two" }),
    call(begun("Bash", "call_00000001", LS), 0),
    end("tool_calls"),
  ], ["[One]", "Hi", "[Two]", BASH_LS, "tool_use"]],
  ["two calls without an index in one chunk, ended by stop (Q51, Q80, Q83)", [
    chunk({ tool_calls: [begun("Bash", "call_1", LS), begun("Read", "call_2", A)] }),
    end("stop"),
  ], [BASH_LS, READ_A, "tool_use"]],
  ["index 0 for all calls (Q80)", [
    call(begun("Bash", "call_00000001", LS), 0),
    call(begun("Read", "call_00000002", A), 0),
    end("tool_calls"),
  ], [BASH_LS, READ_A, "tool_use"]],
  ["indexes with gaps, ids repeated or empty later (Q80)", [
    call(begun("Bash", "call_00000001"), 1),
    call(more('{"comm', { id: "call_00000001" }), 1),
    call(more('and":"ls"}', { id: "" }), 1),
    call(begun("Read", "call_00000002", A), 5),
    end("tool_calls"),
  ], [BASH_LS, READ_A, "tool_use"]],
  ["a name after the arguments, and one again (Q81)", [
    call({ id: "call_00000001", function: { arguments: '{"comm' } }, 0),
    call({ function: { name: "Bash", arguments: 'and":' } }, 0),
    call({ function: { name: "Bash", arguments: '"ls"}' } }, 0),
    end("tool_calls"),
  ], [BASH_LS, "tool_use"]],
  ...([
    ["an object", { command: "ls" }],
    ["an object in a string in a string", JSON.stringify(LS)],
    ["in a fence", "```json\n" + LS + "\n```"],
    ["with single quotes", "{'command': 'ls'}"],
    ["after a placeholder", `{}${LS}`],
    ["with something behind", `${LS} `],
  ] as const).map(([title, json]): readonly [string, readonly unknown[], readonly unknown[]] => [
    `arguments ${title} (Q82)`,
    [
      call(
        { id: "call_00000001", type: "function", function: { name: "Bash", arguments: json } },
        0,
      ),
      end("tool_calls"),
    ],
    [BASH_LS, "tool_use"],
  ]),
  ["arguments that are null or empty (Q82)", [
    call({ id: "call_00000001", function: { name: "Bash", arguments: null } }, 0),
    call({ id: "call_00000002", function: { name: "Read", arguments: "" } }, 1),
    end("tool_calls"),
  ], [{ Bash: {} }, { Read: {} }, "tool_use"]],
  ["calls announced and none sent (Q83)", [chunk({ content: "Hi" }), end("tool_calls")], [
    "Hi",
    "end_turn",
  ]],
  ["calls in turns, piece by piece (Q85)", [
    call(begun("Bash", "call_00000001"), 0),
    call(begun("Read", "call_00000002"), 1),
    call(more('{"comm'), 0),
    call(more('{"pa'), 1),
    call(more('and":"ls"}'), 0),
    call(more('th":"a"}'), 1),
    end("tool_calls"),
  ], [BASH_LS, READ_A, "tool_use"]],
  ["a call in the old form (Q87)", [
    chunk({ function_call: { name: "Bash", arguments: '{"comm' } }),
    chunk({ function_call: { arguments: 'and":"ls"}' } }),
    end("function_call"),
  ], [BASH_LS, "tool_use"]],
  ["a call of another type (Q88)", [
    call({ ...begun("Bash", "call_00000001", LS), type: "" }, 0),
    end("tool_calls"),
  ], [BASH_LS, "tool_use"]],
  ["a name in the wrong case, or with a prefix (Q90)", [
    call(begun("bash", "call_00000001", LS), 0),
    call(begun("functions.Read", "call_00000002", A), 1),
    end("tool_calls"),
  ], [BASH_LS, READ_A, "tool_use"]],
];

for (const [title, chunks, expected] of ANSWERS) {
  Deno.test(`an answer with ${title}`, async () => {
    const script = [{ raw: frames(...chunks) }];
    const { answer, status } = await through(generic, TOOLS, { script });
    assert.equal(status, 200, JSON.stringify(answer));
    assert.deepEqual(inShort(answer), expected);
  });
}

for (
  const [title, raw] of [
    ["after [DONE] is missing", [`data: ${JSON.stringify(end())}\n\n`]],
    ["without a last blank line", [`data: ${JSON.stringify(end())}`]],
  ] as const
) {
  Deno.test(`an answer that is finished is one ${title} (Q4)`, async () => {
    const begin = `data: ${JSON.stringify(chunk({ content: "Hi" }))}\n\n`;
    const { answer } = await through(generic, {}, { script: [{ raw: [begin, ...raw] }] });
    assert.deepEqual(inShort(answer), ["Hi", "end_turn"]);
  });
}

Deno.test("an answer that breaks off before its end is an error (Q4)", async () => {
  const raw = [`data: ${JSON.stringify(chunk({ content: "Half" }))}\n\n`];
  const { status } = await through(generic, {}, { script: [{ raw }] });
  assert.equal(status, 502);
});

Deno.test("a call cut off by the token limit is not completed by guessing (Q82)", async () => {
  const cut = call(begun("Bash", "call_00000001", '{"command":"rm -rf /tmp/a'), 0);
  const script = [{ raw: frames(cut, end("length")) }];
  const { answer } = await through(generic, TOOLS, { script });
  assert.equal(answer.stop_reason, "max_tokens");
  assert.ok(!JSON.stringify(answer.content).includes('{"command":"rm'));
});
