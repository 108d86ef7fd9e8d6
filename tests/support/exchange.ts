/** What plugins are tried with: an exchange, settings, and a handler that follows a script. */
import { parseConfig } from "../../core/config.ts";
import type { Exchange, Handler, PluginContext, Reply } from "../../core/contract.ts";

export function makeExchange(overrides: Partial<Exchange> = {}): Exchange {
  return {
    id: "req_1",
    request: { model: "claude-opus", max_tokens: 1, messages: [] },
    headers: new Headers(),
    target: { provider: "generic", model: "first", headers: {} },
    signal: new AbortController().signal,
    ...overrides,
  };
}

export function makeContext(settings: Record<string, string> = {}): PluginContext {
  return { config: parseConfig(settings), provider: "generic" } as PluginContext;
}

/** A whole answer; without a text it has no block. */
export function makeReply(text = "Hello"): Reply {
  return {
    kind: "message",
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-opus",
      content: text === "" ? [] : [{ type: "text", text }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: {
        input_tokens: 1,
        output_tokens: 1,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 0,
      },
    },
  };
}

export interface ScriptedHandler {
  readonly handler: Handler;
  /** The models that were asked, in order. */
  readonly asked: string[];
}

/** Answers with each in turn, the last one again and again; an error is thrown. */
export function scriptedHandler(...script: readonly (Reply | Error)[]): ScriptedHandler {
  const asked: string[] = [];
  return {
    asked,
    handler({ target }) {
      const next = script[Math.min(asked.length, script.length - 1)];
      asked.push(target.model);
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next!);
    },
  };
}
