/** A request in the provider's own dialect: only the model, the headers and the key are ours. */
import { makeAsk, makeCall } from "./call.ts";
import type { Exchange, OpenAI, Reply } from "./contract.ts";
import { readFailure } from "./convert/failure.ts";
import { toApiError } from "./convert/refusal.ts";
import { ApiError } from "./errors.ts";
import { noteSent } from "./journal.ts";
import { ask, type Asked, linkFault } from "./link.ts";
import type { UpstreamOptions } from "./upstream.ts";

/** Of the provider's headers only these pass: others may be about its own site, or set cookies. */
const HEADERS = ["content-type", "retry-after"];

const encoder = new TextEncoder();

/** The provider's answer as it is. Throws ApiError where there is none, and for a refusal, which it holds as it came. */
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
  if (!response.ok) throw await refusal(link, exchange, options);
  const { body, ended } = watched(link, (thrown) => {
    const { message, type } = linkFault(thrown, options.provider, exchange.signal);
    return { message: options.redact(message), type };
  });
  return { kind: "raw", response: new Response(body, headed(response)), ended };
}

/** The refusal as it is, but for our secrets; a redirect, which would take the key elsewhere, in our words. */
async function refusal(
  link: Asked,
  { target }: Exchange,
  { provider, redact }: UpstreamOptions,
): Promise<ApiError> {
  const { response } = link;
  const { status, headers } = response;
  const text = await link.text();
  const error = toApiError(readFailure(status, headers, text), {
    provider,
    model: target.model,
    used: 0,
  });
  if (status < 400) return error;
  const { message, retryAfter, shouldRetry } = error;
  const refused = new Response(redact(text), headed(response));
  return new ApiError(error.status, message, { retryAfter, shouldRetry, response: refused });
}

/** What of a response's head is handed on. */
function headed({ status, headers }: Response): ResponseInit {
  const passed = HEADERS.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });
  return { status, headers: passed };
}

/** The body, ended where the provider falls silent for too long: a stream by a frame that says why. */
function watched(
  link: Asked,
  explain: (thrown: unknown) => { readonly message: string; readonly type: string },
): { readonly body: ReadableStream<Uint8Array> | null; readonly ended: Promise<void> } {
  const { body, headers } = link.response;
  if (body === null) return { body, ended: Promise.resolve() };
  const streams = headers.get("content-type")?.startsWith("text/event-stream");
  const ended = Promise.withResolvers<void>();
  const reader = body.getReader();
  const watch = link.watch(reader);
  function end() {
    watch.stop();
    ended.resolve();
  }
  const passed = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        watch.waits();
        const { value } = await reader.read();
        watch.arrived();
        if (value !== undefined) return controller.enqueue(value);
        watch.assertWhole();
      } catch (thrown) {
        if (!streams) {
          end();
          throw thrown;
        }
        const frame = JSON.stringify({ error: explain(thrown) });
        controller.enqueue(encoder.encode(`\n\ndata: ${frame}\n\n`));
      }
      controller.close();
      end();
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return { body: passed, ended: ended.promise };
}
