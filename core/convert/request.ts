import type { Effort } from "../contract.ts";
import { ApiError } from "../errors.ts";
import type * as Anthropic from "../protocol/anthropic.ts";
import type * as OpenAI from "../protocol/openai.ts";
import { clean, textOf } from "./content.ts";
import { convertMessages, type MessageOptions } from "./messages.ts";
import { convertToolChoice, convertTools, offeredTools } from "./tools.ts";

/** Claude's own endpoint refuses empty messages, too (A7). */
const NOTHING_SAID =
  "messages: all are empty, or hold only blocks that mean nothing to the provider, so there is nothing to send";

export interface RequestOptions extends Omit<MessageOptions, "tools" | "keepThinking"> {
  /** As the provider names it. */
  readonly model: string;
  /** Highest and lowest `max_tokens` to send. */
  readonly maxOutput?: number | undefined;
  readonly minOutput?: number | undefined;
}

/**
 * The request as a plain OpenAI body, made field by field: what is not named here is not sent (promise 3). The same
 * conversation always makes the same bytes (promise 2). How hard to think is left to the adapter (see effortOf).
 */
export function convertRequest(
  request: Anthropic.Request,
  options: RequestOptions,
): OpenAI.Request {
  const offered = offeredTools(request);
  const system = systemText(request.system);
  const messages = convertMessages(request.messages, {
    ...options,
    tools: request.tools ?? [],
    keepThinking: keepThinking(request),
  });
  if (messages.length === 0) throw new ApiError(400, NOTHING_SAID);
  const { temperature, top_p, stop_sequences: stop } = request;
  return {
    model: options.model,
    messages: system === "" ? messages : [{ role: "system", content: system }, ...messages],
    max_tokens: clamp(request.max_tokens, options),
    ...(request.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    ...(typeof temperature === "number" ? { temperature } : {}),
    ...(typeof top_p === "number" ? { top_p } : {}),
    ...(stop && stop.length > 0 ? { stop } : {}),
    ...(offered.length > 0 ? { tools: convertTools(offered) } : {}),
    ...convertToolChoice(request.tool_choice, offered),
    ...responseFormat(request.output_config?.format),
  };
}

/** The client's structured answers (A28). */
function responseFormat(
  format: NonNullable<Anthropic.Request["output_config"]>["format"],
): Pick<OpenAI.Request, "response_format"> {
  if (format?.type !== "json_schema" || !format.schema) return {};
  const json_schema = { name: "answer", schema: format.schema };
  return { response_format: { type: "json_schema", json_schema } };
}

/** How many of the last turns with thinking keep it; undefined: all (`context_management`, section 2.3). */
function keepThinking({ context_management }: Anthropic.Request): number | undefined {
  const edit = context_management?.edits?.find(({ type }) => type === "clear_thinking_20251015");
  const keep = edit?.["keep"] as { type?: unknown; value?: unknown } | string | undefined;
  if (typeof keep !== "object" || keep.type !== "thinking_turns") return undefined;
  return typeof keep.value === "number" ? keep.value : undefined;
}

/** The client's attribution block changes with its version and means nothing upstream (section 2.3). */
function systemText(system: Anthropic.Request["system"]): string {
  if (!system) return "";
  const texts = typeof system === "string" ? [system] : system.map(textOf);
  return texts
    .filter((text) => text !== "" && !text.startsWith("x-anthropic-billing-header:"))
    .map(clean)
    .join("\n\n");
}

/** A probe of a few tokens stays one: the lower limit is for real answers (section 2.7). */
function clamp(asked: number, { maxOutput, minOutput }: RequestOptions): number {
  const atLeast = asked > 1 ? Math.max(asked, minOutput ?? 1) : asked;
  return Math.min(atLeast, maxOutput ?? atLeast);
}

const EFFORTS: readonly string[] = [
  "none",
  "low",
  "medium",
  "high",
  "xhigh",
  "max",
] satisfies Effort[];

/**
 * How hard the model should think. The last system turn that sets an effort decides, then the request's own (section
 * 2.5); a budget in tokens is read as a level (Q24). No thinking asked for is none.
 */
export function effortOf(request: Anthropic.Request): Effort {
  const { thinking } = request;
  if (!thinking || thinking.type === "disabled") return "none";
  const turn = request.messages.findLast((message) => message.output_config?.effort);
  const asked = turn?.output_config?.effort ?? request.output_config?.effort;
  if (asked && EFFORTS.includes(asked)) return asked as Effort;
  const budget = thinking.budget_tokens;
  if (budget === undefined) return "medium";
  return budget <= 1024 ? "low" : budget <= 8192 ? "medium" : "high";
}
