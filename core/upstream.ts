/** The handler at the end of the chain: converts, asks the provider, converts back. */
import { AnswerStream, ChunkConverter } from "./answer.ts";
import { makeCall, makeStage, type Route } from "./call.ts";
import type { Anthropic, Exchange, Failure, Handler, Reply } from "./contract.ts";
import { withoutBlankTexts } from "./convert/blank.ts";
import { EventWriter } from "./convert/events.ts";
import { readFailure } from "./convert/failure.ts";
import { collect } from "./convert/message.ts";
import { ToolNames } from "./convert/names.ts";
import { stopAt } from "./convert/stop.ts";
import { unfence } from "./convert/unfence.ts";
import { promptTokens } from "./convert/usage.ts";
import { ApiError } from "./errors.ts";
import { faultIn, inquire } from "./inquiry.ts";
import type { Lessons } from "./learn/lessons.ts";
import type { Trace } from "./journal.ts";
import { type Asked, type Link, linkFault } from "./link.ts";
import type { Meter } from "./meter.ts";
import { pass } from "./pass.ts";
import type { Redact } from "./redact.ts";
import { EventFlow, type EventSource, flowOf } from "./stream/flow.ts";
import { settlesWithin } from "./stream/settle.ts";
import { FrameReader } from "./stream/sse.ts";

/** How long an answer is held back until its first event: as long as that, a fault can still be retried unseen. */
const HOLD_MS = 60_000;

export interface UpstreamOptions extends Link, Route {
  readonly meter: Meter;
  readonly lessons: Lessons;
  readonly redact: Redact;
}

/** Throws ApiError for all that fails at the provider or on the way. */
export function upstream(options: UpstreamOptions): Handler {
  return async (exchange) => {
    try {
      return exchange.raw === undefined
        ? await answer(exchange, options)
        : await pass(exchange, exchange.raw, options);
    } catch (thrown) {
      throw clean(thrown, options.redact);
    }
  };
}

/** Providers, and the words of a failed connection, may repeat a key. */
function clean<Thrown>(thrown: Thrown, redact: Redact): Thrown | ApiError {
  return thrown instanceof ApiError ? thrown.reworded(redact(thrown.message)) : thrown;
}

async function answer(exchange: Exchange, options: UpstreamOptions): Promise<Reply> {
  const { provider, meter } = options;
  const { signal, target, journal } = exchange;
  const call = makeCall(exchange, options);
  const stage = makeStage(call, options);
  const { link, answer: recovered, body, guess, inputTokens } = await inquire(
    call,
    exchange,
    options,
  );
  const { response } = link;
  const refuse = (failure: Failure) => faultIn(failure, call, inputTokens, options);
  const fault = (thrown: unknown) => clean(linkFault(thrown, provider, signal), options.redact);

  const answerOptions = {
    writer: new EventWriter({
      ...contextOf(call.request),
      provider,
      inputTokens,
      cites: call.search !== undefined,
    }),
    stage,
    headers: response.headers,
    refuse,
    fault,
  };
  let source: EventSource;
  let empty = false;
  const read = recovered ?? await readAnswer(link, provider, journal?.trace);
  if (read instanceof FrameReader) {
    const stream = new AnswerStream({
      ...answerOptions,
      frames: read,
      watch: link.watch(read),
      journal,
    });
    ({ source, empty } = await holdBack(stream));
  } else {
    const events: Anthropic.Event[] = [];
    const converter = new ChunkConverter(answerOptions);
    await converter.write(read, events);
    await converter.close(true, events);
    source = flowOf(events);
    empty = isEmpty(events);
  }
  const flow = finishing(call.request, new EventFlow(source)).through({
    transform(event, controller) {
      if (event.type === "message_delta") {
        meter.learn(target.model, { guess, actual: promptTokens(event.usage), body });
      }
      controller.enqueue(event);
    },
  });
  return call.stream
    ? { kind: "stream", events: flow, empty }
    : { kind: "message", message: await collect(flow) };
}

/** What the conversion of the answer must know of the request. */
function contextOf(request: Anthropic.Request) {
  return {
    model: request.model,
    names: new ToolNames(request.tools),
    takenIds: takenIds(request),
    hideThinking: request.thinking?.display === "omitted",
    stopSequences: request.stop_sequences ?? [],
  };
}

/** The touches that only some requests ask for. */
function finishing(request: Anthropic.Request, flow: EventFlow): EventFlow {
  const stops = request.stop_sequences ?? [];
  const bare = request.output_config?.format ? flow.through(unfence()) : flow;
  const stopped = stops.length > 0 ? bare.through(stopAt(stops)) : bare;
  return stopped === flow ? flow : stopped.through(withoutBlankTexts());
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
async function holdBack(stream: AnswerStream): Promise<{ source: EventSource; empty: boolean }> {
  const first = firstBatch(stream);
  const empty = await settlesWithin(first, HOLD_MS) && isEmpty(await first ?? []);
  let head: typeof first | undefined = first;
  const source: EventSource = {
    pull() {
      const batch = head ?? stream.pull();
      head = undefined;
      return batch;
    },
    idle: () => stream.idle(),
    cancel: (reason) => stream.cancel(reason),
  };
  return { source, empty };
}

/** All of an answer that ends well and has no block. */
function isEmpty(events: readonly Anthropic.Event[]): boolean {
  return events.at(-1)?.type === "message_stop" &&
    events.every((event) =>
      event.type !== "content_block_start" &&
      (event.type !== "message_delta" || event.delta.stop_reason === "end_turn")
    );
}

async function firstBatch(stream: AnswerStream): Promise<readonly Anthropic.Event[] | undefined> {
  let batch = await stream.pull();
  while (batch?.length === 0) batch = await stream.pull();
  return batch;
}

const STREAM_FIELD = /^\s*(?:data|event|id|retry)?:/;

/** A stream to read, or the value of a whole answer; whichever it is, whatever it says it is (Q6). */
async function readAnswer(
  link: Asked,
  provider: string,
  trace: Trace | undefined,
): Promise<unknown> {
  const { headers, body } = link.response;
  const type = headers.get("content-type") ?? "";
  if (body !== null && !type.includes("json") && !type.includes("html")) {
    return new FrameReader(body);
  }
  const said = await link.text();
  if (STREAM_FIELD.test(said)) return new FrameReader(new Blob([said]).stream());
  return parseAnswer(said, provider, trace);
}

function parseAnswer(text: string, provider: string, trace: Trace | undefined): unknown {
  trace?.frame(text);
  try {
    return JSON.parse(text);
  } catch {
    const { message } = readFailure(502, new Headers(), text);
    throw new ApiError(502, `${provider} did not answer with JSON, but with ${message}`);
  }
}
