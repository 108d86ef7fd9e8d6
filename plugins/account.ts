/** What became of one request, for logs and metrics alike. */
import {
  type Anthropic,
  asApiError,
  type Exchange,
  type Handler,
  type Reply,
} from "../core/mod.ts";

/** Milliseconds and tokens; a field that does not apply is absent. */
export interface Account {
  readonly id: string;
  /** The name of the client's key, "-" where it has none. */
  readonly client: string;
  /** The model the client asked for, and the one that answered. */
  readonly asked: string;
  readonly model: string;
  readonly provider: string;
  readonly stream: boolean;
  /** HTTP status; of a stream that broke off, the status of its error. 499: the client left. */
  readonly status: number;
  readonly error?: string;
  readonly stopReason?: string;
  /** Less the cached ones. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly firstByteMs: number;
  readonly durationMs: number;
  readonly retries: number;
  readonly overheadMs: number;
}

/** The client left of its own accord. */
const CLIENT_LEFT = 499;

/** A client that left is nobody's failure. */
export function failed({ error, status }: Account): boolean {
  return error !== undefined && status !== CLIENT_LEFT;
}

/** Hands the exchange on and calls `done` once, when its answer is complete, has failed, or nobody waits for it. */
export async function follow(
  exchange: Exchange,
  next: Handler,
  done: (account: Account) => void,
): Promise<Reply> {
  const startedAt = exchange.journal?.startedAt ?? performance.now();
  const seen: Seen = { firstByteAt: undefined, usage: undefined, stopReason: undefined };
  let told = false;
  function tell(fault?: unknown) {
    if (told) return;
    told = true;
    done(makeAccount(exchange, startedAt, seen, fault));
  }
  try {
    const reply = await next(exchange);
    if (reply.kind === "stream") {
      return { kind: "stream", events: reply.events.through(watch(seen, tell)) };
    }
    if (reply.kind === "message") {
      seen.usage = reply.message.usage;
      seen.stopReason = reply.message.stop_reason;
    }
    tell();
    return reply;
  } catch (thrown) {
    tell(asApiError(thrown));
    throw thrown;
  }
}

interface Seen {
  firstByteAt: number | undefined;
  usage: Anthropic.Usage | undefined;
  stopReason: string | null | undefined;
}

interface Fault {
  readonly status: number;
  readonly message: string;
  /** What the client is told in place of it. */
  readonly response?: Response | undefined;
}

function watch(
  seen: Seen,
  tell: (fault?: unknown) => void,
): Transformer<Anthropic.Event, Anthropic.Event> {
  return {
    transform(event, controller) {
      seen.firstByteAt ??= performance.now();
      if (event.type === "message_delta") {
        seen.usage = event.usage;
        seen.stopReason = event.delta.stop_reason;
      }
      controller.enqueue(event);
    },
    flush: () => tell(),
    cancel: (reason) => tell(faultOf(reason)),
  };
}

/** A stream ends early because it broke, or because the client left. */
function faultOf(reason: unknown): Fault {
  const left = !(reason instanceof Error) || reason.name === "AbortError";
  return left ? { status: CLIENT_LEFT, message: "The client left" } : asApiError(reason);
}

function makeAccount(
  { id, client, request, target, journal }: Exchange,
  startedAt: number,
  { firstByteAt, usage, stopReason }: Seen,
  fault: unknown,
): Account {
  const now = performance.now();
  const { status, message, response } = (fault ?? { status: 200 }) as Partial<Fault>;
  return {
    id,
    client: client ?? "-",
    asked: request.model,
    model: journal?.model ?? "-",
    provider: journal?.provider ?? target.provider,
    stream: request.stream === true,
    status: response?.status ?? status ?? 500,
    ...(message === undefined ? {} : { error: message }),
    ...(stopReason ? { stopReason } : {}),
    inputTokens: usage?.input_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0,
    cachedTokens: usage?.cache_read_input_tokens ?? 0,
    firstByteMs: Math.round((firstByteAt ?? now) - startedAt),
    durationMs: Math.round(now - startedAt),
    retries: Math.max(0, (journal?.attempts ?? 0) - 1),
    overheadMs: Math.round((journal?.overhead ?? 0) * 100) / 100,
  };
}
