/** The handler at the end of the chain: converts, asks the provider, converts back. The only fetch. */
import { AnswerStream, ChunkConverter } from "./answer.ts";
import type {
  Anthropic,
  Call,
  Exchange,
  Failure,
  Handler,
  OpenAI,
  ProviderAdapter,
  Reply,
} from "./contract.ts";
import { estimateTokens } from "./convert/estimate.ts";
import { EventWriter } from "./convert/events.ts";
import { readFailure } from "./convert/failure.ts";
import { collect, toMessage } from "./convert/message.ts";
import { ToolNames } from "./convert/names.ts";
import { toApiError } from "./convert/refusal.ts";
import { convertRequest, effortOf } from "./convert/request.ts";
import { sessionOf } from "./convert/session.ts";
import { completionsUrl } from "./convert/url.ts";
import { ApiError } from "./errors.ts";
import { EventFlow, type EventSource, flowOf } from "./stream/flow.ts";
import { settlesWithin } from "./stream/settle.ts";
import { FrameReader } from "./stream/sse.ts";
import { ask, type Link, linkFault } from "./link.ts";

/** How long an answer is held back until its first event: as long as that, a fault can still be retried unseen. */
const HOLD_MS = 60_000;

export interface UpstreamOptions extends Link {
  readonly provider: string;
  readonly adapter: ProviderAdapter;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The variables the adapter named. */
  readonly env: Readonly<Record<string, string>>;
  readonly maxTokens?: number | undefined;
  readonly minTokens?: number | undefined;
  /** Milliseconds of silence in a stream. */
  readonly idleLimit: number;
}

export function upstream(options: UpstreamOptions): Handler {
  return (exchange) =>
    exchange.raw === undefined ? answer(exchange, options) : pass(exchange, exchange.raw, options);
}

async function answer(exchange: Exchange, options: UpstreamOptions): Promise<Reply> {
  const { adapter, provider } = options;
  const { request, target, signal } = exchange;
  const call = makeCall(exchange, options);
  const body = guard(options, "request", () => makeBody(call, options));
  const text = JSON.stringify(body, dropCarry);
  const inputTokens = estimateTokens(body, text.length);

  const link = await ask(requestOf(call, text, exchange, options), options);
  const { response } = link;
  function refuse(failure: Failure): ApiError {
    const mended = guard(
      options,
      "error",
      () => ({ ...failure, ...adapter.error?.(failure, call) }),
    );
    const limit = adapter.facts?.(target.model).context;
    const message = options.apiKey === ""
      ? mended.message
      : mended.message.replaceAll(options.apiKey, "[key]");
    return toApiError({ ...mended, message }, {
      provider,
      model: target.model,
      used: inputTokens,
      limit,
    });
  }
  const fault = (thrown: unknown) => linkFault(thrown, provider, signal);
  if (!response.ok) {
    throw refuse(
      readFailure(response.status, response.headers, await readText(response, link.done, fault)),
    );
  }

  const writer = new EventWriter({
    model: request.model,
    provider,
    names: new ToolNames(request.tools),
    takenIds: takenIds(request),
    inputTokens,
  });
  const transformer = guard(options, "stream", () => adapter.stream?.(call));
  const answerOptions = { writer, transformer, headers: response.headers, refuse, fault };
  if (isStream(response) && response.body !== null) {
    link.done();
    const stream = new AnswerStream({
      ...answerOptions,
      frames: new FrameReader(response.body),
      idleLimit: options.idleLimit,
      abort: link.abort,
    });
    const flow = new EventFlow(await holdBack(stream));
    return call.stream
      ? { kind: "stream", events: flow }
      : { kind: "message", message: await collect(flow) };
  }
  const value = parseAnswer(await readText(response, link.done, fault), provider);
  const converter = new ChunkConverter(answerOptions);
  const events: Anthropic.Event[] = [];
  await converter.write(value, events);
  await converter.close(true, events);
  return call.stream
    ? { kind: "stream", events: flowOf(events) }
    : { kind: "message", message: toMessage(events) };
}

/** A request in the provider's own dialect: only the model, the headers and the key are ours. */
async function pass(
  exchange: Exchange,
  raw: OpenAI.Request,
  options: UpstreamOptions,
): Promise<Reply> {
  const call = makeCall(exchange, options);
  const text = JSON.stringify({ ...raw, model: call.model });
  const { response, done } = await ask(requestOf(call, text, exchange, options), options);
  done();
  const type = response.headers.get("content-type") ?? "application/json";
  const retryAfter = response.headers.get("retry-after");
  const headers = { "content-type": type, ...(retryAfter ? { "retry-after": retryAfter } : {}) };
  return {
    kind: "raw",
    response: new Response(response.body, { status: response.status, headers }),
  };
}

function makeCall({ request, target, headers }: Exchange, options: UpstreamOptions): Call {
  const session = sessionOf(request, headers);
  return {
    model: target.model,
    stream: request.stream === true,
    baseUrl: options.baseUrl,
    apiKey: options.apiKey,
    request,
    effort: effortOf(request),
    env: options.env,
    ...(session === undefined ? {} : { session }),
  };
}

function makeBody(
  call: Call,
  { provider, adapter, maxTokens, minTokens }: UpstreamOptions,
): OpenAI.Request {
  const { output, vision, files } = adapter.facts?.(call.model) ?? {};
  const body = convertRequest(call.request, {
    model: call.model,
    provider,
    vision: vision ?? true,
    files: files ?? false,
    documents: new Map(),
    maxOutput: Math.min(output ?? Infinity, maxTokens ?? Infinity),
    minOutput: minTokens,
  });
  return adapter.request?.(body, call) ?? body;
}

function requestOf(call: Call, body: string, exchange: Exchange, options: UpstreamOptions) {
  const { adapter } = options;
  const headers = new Headers({ "content-type": "application/json" });
  headers.set("accept", call.stream ? "text/event-stream" : "application/json");
  const own = guard(options, "headers", () => adapter.headers?.(call) ?? bearer(call.apiKey));
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  for (const [name, value] of Object.entries(exchange.target.headers)) headers.set(name, value);
  const url = guard(options, "url", () => adapter.url?.(call) ?? completionsUrl(call.baseUrl));
  return { url, headers, body, signal: exchange.signal };
}

function bearer(apiKey: string): Record<string, string> {
  return apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` };
}

/** What an adapter left in `carry` is for ourselves. */
function dropCarry(key: string, value: unknown): unknown {
  return key === "carry" ? undefined : value;
}

/** Ids in the history, read only where there are any. */
function takenIds({ messages }: Anthropic.Request): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { role, content } of messages) {
    if (role !== "assistant" || typeof content === "string") continue;
    for (const block of content) if (block.type === "tool_use") ids.add(block.id);
  }
  return ids;
}

/** Waits for the first event, so that a fault before it is thrown here; a slow answer is handed on without it. */
async function holdBack(stream: AnswerStream): Promise<EventSource> {
  const first = firstBatch(stream);
  await settlesWithin(first, HOLD_MS);
  let head: typeof first | undefined = first;
  first.catch(() => {});
  return {
    pull() {
      const batch = head ?? stream.pull();
      head = undefined;
      return batch;
    },
    idle: () => stream.idle(),
    cancel: (reason) => stream.cancel(reason),
  };
}

async function firstBatch(stream: AnswerStream): Promise<readonly Anthropic.Event[] | undefined> {
  let batch = await stream.pull();
  while (batch?.length === 0) batch = await stream.pull();
  return batch;
}

/** Some say `text/plain` (Q6), but none streams JSON. */
function isStream(response: Response): boolean {
  const type = response.headers.get("content-type") ?? "";
  return !type.includes("json") && !type.includes("html");
}

async function readText(
  response: Response,
  done: () => void,
  fault: (thrown: unknown) => ApiError,
): Promise<string> {
  try {
    return await response.text();
  } catch (thrown) {
    throw fault(thrown);
  } finally {
    done();
  }
}

function parseAnswer(text: string, provider: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { message } = readFailure(502, new Headers(), text);
    throw new ApiError(502, `${provider} did not answer with JSON, but with ${message}`);
  }
}

function guard<Result>({ provider }: UpstreamOptions, hook: string, run: () => Result): Result {
  try {
    return run();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ApiError(500, `The adapter "${provider}" failed in its ${hook} hook: ${reason}`, {
      cause: thrown,
    });
  }
}
