/** How tool calls are put together from deltas of every shape (Q80-Q85). */
import assert from "node:assert/strict";
import type { OpenAI } from "../../../core/contract.ts";
import { toMessage } from "../../../core/convert/message.ts";
import { eventsOf, exchangeOf, makeHandler, openTap } from "../../support/ask.ts";
import { checkGrammar } from "../../support/grammar.ts";

type CallDelta = OpenAI.ToolCallDelta;

function call(index: number | undefined, id: string | undefined, name?: string, args?: unknown) {
  return {
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id }),
    function: {
      ...(name === undefined ? {} : { name }),
      ...(args === undefined ? {} : { arguments: args }),
    },
  };
}

/** The calls that the client sees, as `name{input}`. */
async function seen(chunks: readonly (readonly CallDelta[])[], finish = "tool_calls") {
  const tap = openTap();
  for (const tool_calls of chunks) tap.say({ choices: [{ delta: { tool_calls } }] });
  tap.say({ choices: [{ delta: {}, finish_reason: finish }] });
  tap.end();
  const { events } = await eventsOf(makeHandler(tap.fetch)(exchangeOf()));
  checkGrammar(events);
  const blocks = toMessage(events).content.filter((block) => block.type === "tool_use");
  return blocks.map(({ name, input }) => `${name}${JSON.stringify(input)}`);
}

const TWO = ['Bash{"a":1}', 'Read{"b":2}'];
const A = "call_aaaaaaaaa";
const B = "call_bbbbbbbbb";

const SHAPES: readonly [string, readonly (readonly CallDelta[])[], readonly string[]][] = [
  ["by index", [
    [call(0, A, "Bash", "")],
    [call(0, undefined, undefined, '{"a":1}')],
    [call(1, B, "Read", '{"b"')],
    [call(1, undefined, undefined, ":2}")],
  ], TWO],
  ["whole, without an index, in one chunk (Gemini)", [
    [call(undefined, A, "Bash", '{"a":1}'), call(undefined, B, "Read", '{"b":2}')],
  ], TWO],
  ["without index and id", [
    [call(undefined, undefined, "Bash", '{"a":1}')],
    [call(undefined, undefined, "Read", '{"b":2}')],
  ], TWO],
  ["all at index 0, by their ids (older Ollama)", [
    [call(0, A, "Bash", '{"a":1}')],
    [call(0, B, "Read", '{"b":2}')],
  ], TWO],
  ["all at index 0, with the same id", [
    [call(0, "", "Bash", '{"a":1}')],
    [call(0, "", "Read", '{"b":2}')],
  ], TWO],
  ["with one id for all, by their indexes", [
    [call(0, "0", "Bash", '{"a":1}')],
    [call(1, "0", "Read", '{"b":2}')],
  ], TWO],
  ["with indexes from 1 and with gaps", [
    [call(1, A, "Bash", '{"a":1}')],
    [call(4, B, "Read", '{"b":2}')],
  ], TWO],
  ["with an empty id on later deltas (Qwen)", [
    [call(0, A, "Bash", "")],
    [call(0, "", "", '{"a":')],
    [call(0, "", undefined, "1}")],
    [call(1, B, "Read", '{"b":2}')],
  ], TWO],
  ["with a new id on every delta (Groq proxies)", [
    [call(0, A, "Bash", '{"a"')],
    [call(0, "call_other1", undefined, ":1}")],
    [call(1, B, "Read", '{"b"')],
    [call(1, "call_other2", undefined, ":2}")],
  ], TWO],
  ["with an id that comes late", [
    [call(0, undefined, "Bash", '{"a"')],
    [call(0, A, undefined, ":1}")],
  ], TWO.slice(0, 1)],
  ["with a name that comes late", [
    [call(0, A, undefined, '{"a"')],
    [call(0, undefined, "Bash", ":1}")],
  ], TWO.slice(0, 1)],
  ["with the name on every delta", [
    [call(0, A, "Bash", '{"a"')],
    [call(0, A, "Bash", ":1}")],
  ], TWO.slice(0, 1)],
  ["in turns (vLLM)", [
    [call(0, A, "Bash", '{"a"'), call(1, B, "Read", '{"b"')],
    [call(0, undefined, undefined, ":1}"), call(1, undefined, undefined, ":2}")],
  ], TWO],
  ["twice with the same arguments", [
    [call(0, A, "Bash", '{"a":1}')],
    [call(1, B, "Bash", '{"a":1}')],
  ], ['Bash{"a":1}', 'Bash{"a":1}']],
  ["and said again as a whole", [
    [call(0, A, "Bash", '{"a":1}')],
    [call(0, A, "Bash", '{"a":1}')],
  ], TWO.slice(0, 1)],
  ["without arguments", [[call(0, A, "Bash", "")], [call(1, B, "Read")]], ["Bash{}", "Read{}"]],
  ["without name and arguments", [[call(0, A)]], []],
  ["with arguments and never a name", [[call(0, A, "", '{"a":1}')]], ['unnamed_tool{"a":1}']],
  ["in the wrong case", [[call(0, A, "bash", '{"a":1}')]], TWO.slice(0, 1)],
  ["with OpenAI's namespace", [[call(0, A, "functions.Bash", '{"a":1}')]], TWO.slice(0, 1)],
  ["for a tool nobody offered", [[call(0, A, "Unheard", "{}")]], ["Unheard{}"]],
];

for (const [how, chunks, expected] of SHAPES) {
  Deno.test(`calls are understood ${how}`, async () => {
    assert.deepEqual(await seen(chunks), expected);
  });
}

for (const finish of ["stop", "function_call", "tool_call", "eos", "tool_calls"]) {
  Deno.test(`a call that ends with "${finish}" is a call (Q83)`, async () => {
    assert.deepEqual(await seen([[call(0, A, "Bash", '{"a":1}')]], finish), ['Bash{"a":1}']);
  });
}

Deno.test("a call whose arguments never began is dropped where the model was cut off", async () => {
  assert.deepEqual(await seen([[call(0, A, "Bash", "")]], "length"), []);
});

Deno.test("a call that was cut off keeps what it said, for the client to tell the model", async () => {
  const raw = '{"a":"b';
  assert.deepEqual(await seen([[call(0, A, "Bash", raw)]], "length"), [
    `Bash${JSON.stringify({ __unparsedToolInput: { raw, len: raw.length } })}`,
  ]);
});

Deno.test("the old function_call is a call (Q87)", async () => {
  const tap = openTap();
  tap.say({ choices: [{ delta: { function_call: { name: "Bash", arguments: '{"a"' } } }] });
  tap.say({ choices: [{ delta: { function_call: { arguments: ":1}" } } }] });
  tap.say({ choices: [{ delta: {}, finish_reason: "function_call" }] });
  tap.end();
  const { events } = await eventsOf(makeHandler(tap.fetch)(exchangeOf()));
  checkGrammar(events);
  const [block] = toMessage(events).content;
  assert.ok(block?.type === "tool_use");
  assert.deepEqual([block.name, block.input], ["Bash", { a: 1 }]);
});

Deno.test("the first call is written while it comes, the second when the first is complete", async () => {
  const tap = openTap();
  const reply = makeHandler(tap.fetch)(exchangeOf());
  tap.say({ choices: [{ delta: { tool_calls: [call(0, A, "Bash", '{"a":"one')] } }] });
  const answer = await reply;
  assert.ok(answer.kind === "stream");
  const first = await answer.events.pull();
  assert.match(JSON.stringify(first), /one/, "it is not held back");
  tap.say({ choices: [{ delta: { tool_calls: [call(1, B, "Read", '{"b":2}')] } }] });
  assert.deepEqual(await answer.events.pull(), []);
  answer.events.cancel("enough");
});

Deno.test("text between calls waits while a call is open, and nothing is lost", async () => {
  const tap = openTap();
  tap.say({ choices: [{ delta: { tool_calls: [call(0, A, "Bash", '{"a"')] } }] });
  tap.say({ choices: [{ delta: { content: "aside" } }] });
  tap.say({ choices: [{ delta: { tool_calls: [call(0, undefined, undefined, ":1}")] } }] });
  tap.say({ choices: [{ delta: {}, finish_reason: "tool_calls" }] });
  tap.end();
  const { events } = await eventsOf(makeHandler(tap.fetch)(exchangeOf()));
  checkGrammar(events);
  const { content } = toMessage(events);
  assert.deepEqual(content.map(({ type }) => type).sort(), ["text", "tool_use"]);
});
