import {
  type Anthropic,
  type Exchange,
  type Handler,
  type Middleware,
  parseObject,
  type PluginContext,
} from "../core/mod.ts";
import { judge, type Verdict } from "./auto_mode_judge.ts";
import { needsReview, readContext } from "./auto_mode_review.ts";

/** A tool call of the answer. Its input is undefined where it is no JSON object. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>> | undefined;
}

/** Decides on the calls of one answer. Never throws. */
type Review = (
  calls: readonly ToolCall[],
  stopReason: Anthropic.StopReason | null,
) => Promise<readonly SafeguardResult[]>;

interface SafeguardResult {
  readonly type: "dangerous_tool_use";
  readonly status: {
    readonly type: "available";
    readonly tool_uses: Readonly<Record<string, Verdict>>;
  };
}

/**
 * Auto mode: every answer to a request with `safeguards` carries exactly one result, or the client leaves the mode for
 * the session (section 3.3). AUTO_MODE_MODEL judges the calls that need it; without one the result names no call, and
 * the client asks the user about each that it wants checked.
 */
export function autoMode({ config }: PluginContext): Middleware {
  const model = config.autoModeModel;
  return async function autoMode(exchange, next) {
    if (!exchange.request.safeguards) return await next(exchange);
    const review: Review = model === undefined
      ? () => Promise.resolve(resultOf({}))
      : reviewBy(model, exchange, next);
    const reply = await next(exchange);
    if (reply.kind === "stream") {
      return { kind: "stream", events: reply.events.through(reviewing(review)) };
    }
    if (reply.kind === "raw") return reply;
    const { message } = reply;
    const safeguard_results = await review(callsOf(message), message.stop_reason);
    return { kind: "message", message: { ...message, safeguard_results } };
  };
}

function reviewBy(model: string, exchange: Exchange, next: Handler): Review {
  const context = readContext(exchange.request);
  return async (calls, stopReason) => {
    const open = calls.filter((call) => needsReview(call, context));
    if (open.length === 0) return resultOf({});
    if (stopReason === "max_tokens") return resultOf(unjudged(open, "truncated"));
    const readable = open.filter(({ input }) => input !== undefined);
    return resultOf({
      ...unjudged(open, "error"),
      ...await judge(readable, { model, context, exchange, next }),
    });
  };
}

function unjudged(calls: readonly ToolCall[], reason: "truncated" | "error") {
  return Object.fromEntries(
    calls.map(({ id }): [string, Verdict] => [id, { type: "unavailable", reason }]),
  );
}

function resultOf(tool_uses: Readonly<Record<string, Verdict>>): readonly SafeguardResult[] {
  return [{ type: "dangerous_tool_use", status: { type: "available", tool_uses } }];
}

/** Holds the last delta back until the calls before it are judged. A stream that breaks before it carries no result. */
function reviewing(review: Review): Transformer<Anthropic.Event, Anthropic.Event> {
  const open = new Map<number, { readonly id: string; readonly name: string; json: string }>();
  const calls: ToolCall[] = [];

  function note(event: Anthropic.Event): void {
    if (event.type === "content_block_start" && event.content_block.type === "tool_use") {
      const { id, name } = event.content_block;
      open.set(event.index, { id, name, json: "" });
    } else if (event.type === "content_block_delta" && event.delta.type === "input_json_delta") {
      const call = open.get(event.index);
      if (call !== undefined) call.json += event.delta.partial_json;
    } else if (event.type === "content_block_stop") {
      const call = open.get(event.index);
      if (call === undefined) return;
      open.delete(event.index);
      calls.push({ id: call.id, name: call.name, input: parseObject(call.json || "{}") });
    }
  }

  return {
    transform(event, controller) {
      note(event);
      if (event.type !== "message_delta") {
        controller.enqueue(event);
        return;
      }
      const { delta } = event;
      return review(calls, delta.stop_reason).then((safeguard_results) =>
        controller.enqueue({ ...event, delta: { ...delta, safeguard_results } })
      );
    },
  };
}

function callsOf({ content }: Anthropic.Message): ToolCall[] {
  return content.flatMap((block) =>
    block.type !== "tool_use" ? [] : [{
      id: block.id,
      name: block.name,
      input: "__unparsedToolInput" in block.input ? undefined : block.input,
    }]
  );
}
