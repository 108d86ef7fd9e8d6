import { getLogger } from "@logtape/logtape";
import {
  type Anthropic,
  asApiError,
  asMessage,
  type Exchange,
  fieldsOf,
  type Handler,
  omit,
  parseObject,
  textOf,
} from "../core/mod.ts";
import type { ToolCall } from "./auto_mode.ts";
import { type Question, questionFor } from "./auto_mode_question.ts";
import type { Context } from "./auto_mode_review.ts";
import { isTimeout, withDeadline } from "./deadline.ts";

export type Reason = "timeout" | "error" | "refused" | "input_too_long" | "truncated";

/** What the client is told of one call (section 3.3). */
export type Verdict =
  | { readonly type: "evaluated"; readonly outcome: "not_flagged" }
  | { readonly type: "evaluated"; readonly outcome: "flagged"; readonly explanation?: string }
  | { readonly type: "unavailable"; readonly reason: Reason };

export interface JudgeOptions {
  /** As the provider names it. */
  readonly model: string;
  readonly context: Context;
  readonly exchange: Exchange;
  readonly next: Handler;
}

/** The client shows its spinner meanwhile, and has a classifier of its own to go to. */
const LIMIT_MS = 30_000;
const MAX_TOKENS = 1024;
const EXPLANATION_LENGTH = 500;

const logger = getLogger(["ccproxy", "auto_mode"]);

/** A verdict for each call, from one question to the judge. What it did not judge is `unavailable`. Never throws. */
export async function judge(
  calls: readonly ToolCall[],
  options: JudgeOptions,
): Promise<Record<string, Verdict>> {
  if (calls.length === 0) return {};
  const { context, exchange } = options;
  const question = questionFor(calls, context, {
    messages: exchange.request.messages,
    subagent: exchange.headers.has("x-claude-code-agent-id"),
  });
  const verdicts = question === undefined ? "input_too_long" : await ask(question, options);
  if (typeof verdicts === "string" && !exchange.signal.aborted) {
    logger.warn("{id} auto mode: no verdict on {count} tool calls: {reason}", {
      id: exchange.id,
      count: calls.length,
      reason: verdicts,
    });
  }
  return Object.fromEntries(calls.map(({ id }) => [
    id,
    typeof verdicts === "string" ? { type: "unavailable", reason: verdicts } : verdicts[id]!,
  ]));
}

type Verdicts = Readonly<Record<string, Verdict>>;

/** The judge's verdicts, or why there are none. */
async function ask(question: Question, options: JudgeOptions): Promise<Verdicts | Reason> {
  const { exchange, next, model } = options;
  const request: Anthropic.Request = {
    model,
    max_tokens: MAX_TOKENS,
    stream: false,
    thinking: { type: "disabled" },
    system: question.system,
    messages: [{ role: "user", content: question.text }],
  };
  const target = { ...exchange.target, model };
  const asked = { ...omit(exchange, "journal"), request, target };
  try {
    const message = await withDeadline(
      LIMIT_MS,
      exchange.signal,
      async (signal) => asMessage(await next({ ...asked, signal })),
    );
    return readAnswer(message, question);
  } catch (thrown) {
    return isTimeout(thrown) ? "timeout" : reasonOf(thrown);
  }
}

function readAnswer(
  { content, stop_reason }: Anthropic.Message,
  question: Question,
): Verdicts | Reason {
  if (stop_reason === "max_tokens") return "truncated";
  return readVerdicts(textOf(content), question.ids) ?? "error";
}

/**
 * The verdicts by call id. Read strictly: unless each call has a boolean of its own, nothing is taken from the answer.
 * `ids` leads from the names that the judge knows to the calls.
 */
export function readVerdicts(
  text: string,
  ids: ReadonlyMap<string, string>,
): Verdicts | undefined {
  const verdicts = fieldsOf(objectIn(text)?.["verdicts"]);
  const read: [string, Verdict][] = [];
  for (const [name, id] of ids) {
    const { flagged, explanation } = fieldsOf(verdicts[name]);
    if (typeof flagged !== "boolean") return undefined;
    read.push([id, flagged ? flaggedBecause(explanation) : NOT_FLAGGED]);
  }
  return Object.fromEntries(read);
}

const NOT_FLAGGED: Verdict = { type: "evaluated", outcome: "not_flagged" };

function flaggedBecause(explanation: unknown): Verdict {
  const text = typeof explanation === "string" ? explanation.trim() : "";
  return text === "" ? { type: "evaluated", outcome: "flagged" } : {
    type: "evaluated",
    outcome: "flagged",
    explanation: text.slice(0, EXPLANATION_LENGTH).toWellFormed(),
  };
}

/** Models put fences or thoughts around the object they were asked for. */
function objectIn(text: string) {
  const bare = text.replace(/^\s*<think>.*?<\/think>/s, "");
  return parseObject(bare.slice(bare.indexOf("{"), bare.lastIndexOf("}") + 1));
}

function reasonOf(thrown: unknown): Reason {
  const { status, message } = asApiError(thrown);
  if (/^prompt is too long/.test(message) || status === 413) return "input_too_long";
  if (/content filtering policy/.test(message)) return "refused";
  return status === 504 ? "timeout" : "error";
}
