/** A streamed answer, event by event. */
import assert from "node:assert/strict";
import type { Anthropic, Reply } from "../../core/contract.ts";
import { delta, exchangeOf, makeHandler, type Tap } from "./ask.ts";

type Event = Anthropic.Event;

export const TEXT = delta({ content: "Hello" });
export const THINKING = delta({ reasoning_content: "Hm" });
export const STOP = delta({}, "stop");

/** Asks a handler whose upstream is the tap. */
export function ask(
  { fetch }: Tap,
  options: Parameters<typeof makeHandler>[2] = {},
): Promise<Reply> {
  return makeHandler(fetch, {}, options)(exchangeOf());
}

/** The flow of a streamed answer. */
export async function flowOf(reply: Promise<Reply> | Reply) {
  const answer = await reply;
  assert.ok(answer.kind === "stream");
  return answer.events;
}

/** All events that are still to come. */
export async function rest(flow: Awaited<ReturnType<typeof flowOf>>): Promise<Event[]> {
  const events: Event[] = [];
  for (let batch = await flow.pull(); batch; batch = await flow.pull()) events.push(...batch);
  return events;
}

/** A promise that is looked at, so that nobody misses its rejection. */
export function watch<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
