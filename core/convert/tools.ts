import type * as Anthropic from "../protocol/anthropic.ts";
import type * as OpenAI from "../protocol/openai.ts";
import { toUpstreamName } from "./names.ts";

/** A sentinel of the client's tool search, never to be called (section 2.4). */
const PLACEHOLDER = "DeferredToolPlaceholder";

/**
 * The tools the model may see, in an order that only ever grows: those offered from the start, then deferred ones as the
 * conversation named them. So the list of one turn is a prefix of the next one's (promise 2).
 */
export function offeredTools(request: Anthropic.Request): Anthropic.Tool[] {
  const tools = request.tools ?? [];
  const known = new Map(tools.filter(isClientTool).map((tool) => [tool.name, tool]));
  const offered = new Map([...known].filter(([, tool]) => !tool.defer_loading));
  for (const change of toolChanges(request.messages)) {
    const tool = change.definition ?? known.get(change.name);
    if (change.removed) offered.delete(change.name);
    else if (tool !== undefined && !offered.has(change.name)) offered.set(change.name, tool);
  }
  return [...offered.values()];
}

/** Server tools have a type of their own and no schema: they are not functions (A33). */
function isClientTool(tool: Anthropic.Tool): boolean {
  return tool.name !== PLACEHOLDER &&
    (tool.type === undefined || tool.type === null || tool.type === "custom");
}

interface ToolChange {
  readonly name: string;
  readonly removed: boolean;
  readonly definition?: Anthropic.Tool | undefined;
}

/** What the conversation did to the tool set, in order (sections 2.4 and 2.5). */
function* toolChanges(messages: readonly Anthropic.MessageParam[]): Generator<ToolChange> {
  for (const { content } of messages) {
    if (typeof content === "string") continue;
    for (const block of content) {
      if (block.type === "tool_addition" || block.type === "tool_removal") {
        const { definition } = block.tool;
        const name = definition?.name ?? block.tool.name;
        const removed = block.type === "tool_removal";
        if (name !== undefined) yield { name, removed, definition };
      } else if (block.type === "tool_result" && Array.isArray(block.content)) {
        for (const inner of block.content as readonly Anthropic.ContentBlock[]) {
          if (inner.type === "tool_reference") yield { name: inner.tool_name, removed: false };
        }
      }
    }
  }
}

/** The tools by names that every provider takes, with schemas that are complete. */
export function convertTools(tools: readonly Anthropic.Tool[]): OpenAI.Tool[] {
  return tools.map(({ name, description, input_schema }) => ({
    type: "function",
    function: {
      name: toUpstreamName(name),
      ...(description ? { description } : {}),
      parameters: cleanSchema(input_schema ?? {}),
    },
  }));
}

/** The root must be an object with properties (Q42); `$schema` and `$id` mean nothing upstream and are often refused (Q91). */
function cleanSchema(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { $schema: _schema, $id: _id, ...rest } = schema;
  return { ...rest, type: "object", properties: rest["properties"] ?? {} };
}

/** `any` is `required` in OpenAI's terms; a named tool that is not offered leaves the choice to the model (Q89). */
export function convertToolChoice(
  choice: Anthropic.ToolChoice | null | undefined,
  offered: readonly Anthropic.Tool[],
): Pick<OpenAI.Request, "tool_choice" | "parallel_tool_calls"> {
  if (!choice || offered.length === 0) return {};
  const parallel = choice.disable_parallel_tool_use ? { parallel_tool_calls: false } : {};
  const { name } = choice;
  switch (choice.type) {
    case "any":
      return { tool_choice: "required", ...parallel };
    case "none":
      return { tool_choice: "none" };
    case "tool":
      if (name === undefined || !offered.some((tool) => tool.name === name)) return parallel;
      return {
        tool_choice: { type: "function", function: { name: toUpstreamName(name) } },
        ...parallel,
      };
    default:
      return { tool_choice: "auto", ...parallel };
  }
}
