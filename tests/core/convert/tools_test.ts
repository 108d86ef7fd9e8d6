import assert from "node:assert/strict";
import type { Anthropic } from "../../../core/contract.ts";
import { convertToolChoice, convertTools, offeredTools } from "../../../core/convert/tools.ts";

const BASH: Anthropic.Tool = { name: "Bash", input_schema: { type: "object" } };
const LATE: Anthropic.Tool = {
  name: "Late",
  input_schema: { type: "object" },
  defer_loading: true,
};
const PLACEHOLDER: Anthropic.Tool = { name: "DeferredToolPlaceholder", defer_loading: true };
const SEARCH: Anthropic.Tool = { name: "web_search", type: "web_search_20250305" };

const change = (type: "tool_addition" | "tool_removal", name: string): Anthropic.MessageParam => ({
  role: "system",
  content: [{ type, tool: { type: "tool_reference", name } }],
});

const found: Anthropic.MessageParam = {
  role: "user",
  content: [{
    type: "tool_result",
    tool_use_id: "a",
    content: [{ type: "tool_reference", tool_name: "Late" }],
  }],
};

const OFFERS: readonly [string, readonly Anthropic.MessageParam[], readonly string[]][] = [
  ["at first, neither deferred ones nor the placeholder nor server tools", [], ["Bash"]],
  ["a deferred one once the client's search has found it", [found], ["Bash", "Late"]],
  ["a deferred one once a system turn adds it", [change("tool_addition", "Late")], [
    "Bash",
    "Late",
  ]],
  ["none that a system turn has removed", [change("tool_removal", "Bash")], []],
  ["one that came back, at the end", [
    change("tool_removal", "Bash"),
    found,
    change("tool_addition", "Bash"),
  ], ["Late", "Bash"]],
  ["none that nobody defined", [change("tool_addition", "Nothing")], ["Bash"]],
];

for (const [what, messages, names] of OFFERS) {
  Deno.test(`offeredTools() offers ${what}`, () => {
    const tools = [BASH, LATE, PLACEHOLDER, SEARCH];
    const offered = offeredTools({ model: "m", max_tokens: 1, messages, tools });
    assert.deepEqual(offered.map(({ name }) => name), names);
  });
}

Deno.test("convertTools() sends name, description and schema, and the root is an object with properties", () => {
  const [tool] = convertTools([{
    name: "Bash",
    description: "Runs",
    input_schema: {
      $schema: "x",
      $id: "y",
      properties: { a: { type: "string" } },
      required: ["a"],
    },
    cache_control: { type: "ephemeral" },
    input_examples: [],
  } as Anthropic.Tool]);
  assert.deepEqual(tool, {
    type: "function",
    function: {
      name: "Bash",
      description: "Runs",
      parameters: { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
    },
  });
  const [bare] = convertTools([{ name: "Bash" }]);
  assert.deepEqual(bare?.function.parameters, { type: "object", properties: {} });
});

const named = (name: string) => ({ type: "function", function: { name } });

/** The client's choices (Q89), with Bash offered. */
const CHOICES: readonly [Anthropic.ToolChoice | null | undefined, unknown][] = [
  [undefined, {}],
  [null, {}],
  [{ type: "auto" }, { tool_choice: "auto" }],
  [{ type: "any" }, { tool_choice: "required" }],
  [{ type: "none" }, { tool_choice: "none" }],
  [{ type: "tool", name: "Bash" }, { tool_choice: named("Bash") }],
  [{ type: "tool", name: "Nothing" }, {}],
  [{ type: "auto", disable_parallel_tool_use: true }, {
    tool_choice: "auto",
    parallel_tool_calls: false,
  }],
];

for (const [choice, expected] of CHOICES) {
  Deno.test(`convertToolChoice() makes ${JSON.stringify(choice)} to ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(convertToolChoice(choice, [BASH]), expected);
    assert.deepEqual(convertToolChoice(choice, []), {}, "without tools there is no choice");
  });
}
