/** An event flow as the body of a response: kept alive while silent, sealed with an `error` event where it breaks. */
import { asApiError } from "../errors.ts";
import type { EventFlow } from "./flow.ts";
import { onPulse } from "./pulse.ts";
import { encodeEvents } from "./sse.ts";

/** Silence after which the next pulse sends something: with the pulse's 2.5 s, at least every 10 s (section 4.5). */
const SILENCE_MS = 7_500;

export interface BodyOptions {
  /** Goes into the `error` event. */
  readonly requestId: string;
  /** Called once: with nothing at the end, with the reason where the flow broke or the client left. */
  ended?(reason?: unknown): void;
}

/** `flow` may still be on its way: until it is there, pings are sent. */
export function toBody(
  flow: Promise<EventFlow>,
  { requestId, ended }: BodyOptions,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let current: EventFlow | undefined;
  // The client may have waited for 15 s already, and shows a stall at 20 s: the first pulse ends the silence.
  let lastSent = -Infinity;
  let stopPulse = () => {};

  function finish(reason?: unknown) {
    stopPulse();
    ended?.(reason);
  }

  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      stopPulse = onPulse(() => {
        if (Date.now() - lastSent < SILENCE_MS || (controller.desiredSize ?? 0) < 0) return;
        lastSent = Date.now();
        controller.enqueue(encodeEvents(current?.idle() ?? [{ type: "ping" }]));
      });
    },
    async pull(controller) {
      try {
        current ??= await flow;
        let batch = await current.pull();
        while (batch?.length === 0) batch = await current.pull();
        if (batch === undefined) {
          controller.close();
          finish();
          return;
        }
        lastSent = Date.now();
        controller.enqueue(encodeEvents(batch));
      } catch (thrown) {
        controller.enqueue(encodeEvents([asApiError(thrown).toBody(requestId)]));
        controller.close();
        finish(thrown);
      }
    },
    // A pull that is still under way fails then, at the closed stream, and nobody hears of it.
    cancel(reason) {
      if (current !== undefined) current.cancel(reason);
      else flow.then((late) => late.cancel(reason), () => {});
      finish(new DOMException("The client left", "AbortError"));
    },
  }, { highWaterMark: 0 });
}
