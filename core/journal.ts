/** What is noted of a request while it is on its way, for logs and metrics. */
import type { Exchange } from "./contract.ts";

/** Written by whoever knows, read when the request is over. The only part of an exchange that changes. */
export interface Journal {
  /** `performance.now()` when the request came in. */
  readonly startedAt: number;
  /** How often a provider was asked. */
  attempts: number;
  /** Milliseconds spent in our own code: until the request went out, and on each piece of the answer. */
  overhead: number;
  /** Who was asked last, and for which model. */
  provider?: string;
  model?: string;
  /** Set by a plugin that wants to see both dialects. Costs a call per frame. */
  trace?: Trace;
}

/** A request as it goes out. */
export interface Outgoing {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string | Blob;
}

export interface Trace {
  sent(request: { readonly url: string; readonly headers: Headers; readonly body: string }): void;
  answered(status: number, headers: Headers): void;
  /** A frame of a stream, or a whole answer, as it came. */
  frame(text: string): void;
}

/** An empty journal. */
export function newJournal(startedAt: number = performance.now()): Journal {
  return { startedAt, attempts: 0, overhead: 0 };
}

/** A request is about to go out. `startedAt`: when this attempt began. */
export function noteSent(
  { journal, target }: Exchange,
  request: Outgoing,
  startedAt: number,
): void {
  if (journal === undefined) return;
  journal.overhead += performance.now() - (journal.attempts === 0 ? journal.startedAt : startedAt);
  journal.attempts++;
  journal.provider = target.provider;
  journal.model = target.model;
  journal.trace?.sent({ ...request, body: shown(request.body, target.model) });
}

/** What is too large for a string is too large for a log. */
function shown(body: Outgoing["body"], model: string): string {
  if (typeof body === "string") return body;
  return JSON.stringify({ model, note: `${body.size} bytes, too large to be shown` });
}
