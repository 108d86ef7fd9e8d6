/** The real upstream handler, asked a question whose answer is given as bytes. */
import { makeRedactor } from "../../core/redact.ts";
import type { Anthropic, Exchange, Handler, ProviderAdapter, Reply } from "../../core/contract.ts";
import { ApiError } from "../../core/errors.ts";
import { Lessons } from "../../core/learn/lessons.ts";
import { Meter } from "../../core/meter.ts";
import { upstream, type UpstreamOptions } from "../../core/upstream.ts";
import { makeExchange } from "./exchange.ts";

export const TOOLS: readonly Anthropic.Tool[] = ["Bash", "Read", "mcp__server__tool"].map(
  (name) => ({ name, description: name, input_schema: { type: "object" } }),
);

export const QUESTION: Anthropic.Request = {
  model: "claude-opus-5-5",
  max_tokens: 1000,
  stream: true,
  messages: [{ role: "user", content: "Hello" }],
  tools: TOOLS,
};

export function exchangeOf(
  request: Anthropic.Request = QUESTION,
  signal: AbortSignal = new AbortController().signal,
): Exchange {
  const target = { provider: "test", model: "model-1", headers: {} };
  return makeExchange({ request, target, signal });
}

/** Milliseconds. */
export const LIMITS = { connect: 60_000, firstByte: 60_000, idle: 900_000, total: 3_600_000 };

export function makeHandler(
  answer: typeof fetch,
  adapter: Partial<ProviderAdapter> = {},
  options: Partial<UpstreamOptions> = {},
): Handler {
  return upstream({
    provider: "test",
    adapter: { baseUrl: "http://127.0.0.1:9/v1", ...adapter },
    baseUrl: "http://127.0.0.1:9/v1",
    apiKey: "",
    env: {},
    meter: new Meter(),
    lessons: new Lessons(),
    readDocuments: () => Promise.resolve(new Map()),
    limits: LIMITS,
    redact: makeRedactor([options.apiKey ?? ""]),
    fetch: answer,
    ...options,
  });
}

/** A fetch that answers with these bytes, a piece per read. `byob`: as a real fetch body does. */
export function streaming(pieces: readonly Uint8Array[], byob = true): typeof fetch {
  return () => Promise.resolve(new Response(bodyOf(pieces, byob), { headers: SSE }));
}

/** A fetch that answers with one JSON value. */
export function answering(value: unknown, status = 200): typeof fetch {
  return () => Promise.resolve(Response.json(value, { status }));
}

const SSE = { "content-type": "text/event-stream" };

function bodyOf(pieces: readonly Uint8Array[], byob: boolean): ReadableStream<Uint8Array> {
  const rest = pieces.map((piece) => piece.slice());
  if (!byob) return ReadableStream.from(rest);
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const piece = rest.shift();
      if (piece !== undefined) return controller.enqueue(piece);
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}

export interface Outcome {
  readonly events: readonly Anthropic.Event[];
  /** What ended the answer before its time. */
  readonly error?: ApiError;
}

/** All events of an answer, and the error where it broke off. */
export async function eventsOf(reply: Promise<Reply>): Promise<Outcome> {
  const events: Anthropic.Event[] = [];
  try {
    const answer = await reply;
    if (answer.kind !== "stream") throw new Error(`a ${answer.kind} instead of a stream`);
    for (let batch = await answer.events.pull(); batch; batch = await answer.events.pull()) {
      events.push(...batch);
    }
    return { events };
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    return { events, error: thrown };
  }
}

/** An upstream whose stream the test writes as it goes. */
export interface Tap {
  readonly fetch: typeof fetch;
  /** Sends a frame. */
  say(frame: unknown): void;
  end(): void;
  /** Breaks the connection. */
  fail(reason: Error): void;
  /** Why we closed the connection, where we did. */
  readonly cancelled: readonly unknown[];
}

export function openTap(): Tap {
  const cancelled: unknown[] = [];
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start: (made) => void (controller = made),
    cancel: (reason) => void cancelled.push(reason),
  });
  return {
    cancelled,
    fetch: (_url, init) => {
      init?.signal?.addEventListener("abort", () => controller.error(init.signal?.reason));
      return Promise.resolve(new Response(body, { headers: SSE }));
    },
    say(frame) {
      const data = typeof frame === "string" ? frame : JSON.stringify(frame);
      controller.enqueue(new TextEncoder().encode(`data: ${data}\n\n`));
    },
    end: () => controller.close(),
    fail: (reason) => controller.error(reason),
  };
}

/** A frame with this delta. */
export function delta(delta: unknown, finish_reason: string | null = null) {
  return { choices: [{ index: 0, delta, finish_reason }] };
}
