/** What a provider lets a request demand, and what it must be asked in words. */
import type { OpenAI } from "../contract.ts";
import { fieldsOf, omit } from "./fields.ts";
import { mergeUsers } from "./turns.ts";

/** For providers where a tool cannot be demanded: the model is left the choice, and asked in words (Q89). */
export function autoToolChoice(body: OpenAI.Request): OpenAI.Request {
  const { tool_choice: choice } = body;
  if (choice === undefined || choice === "none" || choice === "auto") return body;
  const wanted = typeof choice === "object"
    ? `the tool ${choice.function.name}`
    : "one of the tools";
  return { ...withLastWords(body, `Answer by calling ${wanted}.`), tool_choice: "auto" };
}

/** For providers where a tool cannot be named: any tool is demanded instead (Q89). */
export function toolChoiceAsWord(body: OpenAI.Request): OpenAI.Request {
  return typeof body.tool_choice === "object" ? { ...body, tool_choice: "required" } : body;
}

/** For providers where tools cannot be forbidden (Q89): there are none, then. */
export function withoutForbiddenTools(body: OpenAI.Request): OpenAI.Request {
  return body.tool_choice === "none"
    ? omit(body, "tools", "tool_choice", "parallel_tool_calls")
    : body;
}

/**
 * For providers without `json_schema`: any JSON object is asked for, and the schema is said in words at the end of the
 * conversation (A28).
 */
export function jsonInWords(body: OpenAI.Request): OpenAI.Request {
  const schema = fieldsOf(fieldsOf(body.response_format)["json_schema"])["schema"];
  if (schema === undefined) return body;
  const content = `Answer with one JSON object that follows this schema, and nothing else:\n${
    JSON.stringify(schema)
  }`;
  const messages: OpenAI.Message[] = [...body.messages, { role: "user", content }];
  return mergeUsers({ ...body, messages, response_format: { type: "json_object" } });
}

/** Says something more at the end of the conversation, in whosever turn that is. */
function withLastWords(body: OpenAI.Request, words: string): OpenAI.Request {
  const last = body.messages.at(-1);
  if (last?.role !== "tool") {
    return mergeUsers({ ...body, messages: [...body.messages, { role: "user", content: words }] });
  }
  const content = `${last.content}\n\n${words}`;
  return { ...body, messages: [...body.messages.slice(0, -1), { ...last, content }] };
}
