/** A request in the provider's own dialect: only the model, the headers and the key are ours. */
import { makeAsk, makeCall } from "./call.ts";
import type { Exchange, OpenAI, Reply } from "./contract.ts";
import { readFailure } from "./convert/failure.ts";
import { toApiError } from "./convert/refusal.ts";
import { noteSent } from "./journal.ts";
import { ask, type Asked } from "./link.ts";
import type { UpstreamOptions } from "./upstream.ts";

/** Of the provider's headers only these pass: others may be about its own site, or set cookies. */
const HEADERS = ["content-type", "retry-after"];

/** The provider's answer as it is, refusals included. Throws ApiError where there is none. */
export async function pass(
  exchange: Exchange,
  raw: OpenAI.Request,
  options: UpstreamOptions,
): Promise<Reply> {
  const startedAt = performance.now();
  const call = makeCall(exchange, options);
  const text = JSON.stringify({ ...raw, model: call.model });
  const question = makeAsk(call, text, exchange, options);
  noteSent(exchange, question, startedAt);
  const link = await ask(question, options);
  const { response } = link;
  exchange.journal?.trace?.answered(response.status, response.headers);
  const body = response.ok ? watched(link) : await refusal(link, exchange, options);
  const headers = new Headers();
  for (const name of HEADERS) {
    const value = response.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return { kind: "raw", response: new Response(body, { status: response.status, headers }) };
}

/** The refusal as it is, but for our secrets. Throws ApiError for a redirect, which would take the key elsewhere. */
async function refusal(link: Asked, { target }: Exchange, options: UpstreamOptions) {
  const { status, headers } = link.response;
  const { provider, redact } = options;
  const text = await link.text();
  if (status < 400) {
    throw toApiError(readFailure(status, headers, text), {
      provider,
      model: target.model,
      used: 0,
    });
  }
  return redact(text);
}

/** The body, ended where the provider falls silent for too long. */
function watched(link: Asked): ReadableStream<Uint8Array> | null {
  const reader = link.response.body?.getReader();
  if (reader === undefined) return null;
  const watch = link.watch((reason) => void reader.cancel(reason).catch(() => {}));
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        watch.waits();
        const { value } = await reader.read();
        watch.arrived();
        if (value !== undefined) return controller.enqueue(value);
        watch.assertWhole();
        watch.stop();
        controller.close();
      } catch (thrown) {
        watch.stop();
        throw thrown;
      }
    },
    async cancel(reason) {
      watch.stop();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
