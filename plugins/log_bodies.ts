/** What DEBUG adds to the log: both dialects, the headers that were changed, and where the model name went. */
import { getLogger } from "@logtape/logtape";
import type {
  Anthropic,
  Exchange,
  Journal,
  Middleware,
  PluginContext,
  Reply,
} from "../core/mod.ts";

const logger = getLogger(["ccproxy", "body"]);

/** Longest part of an answer that is kept, in characters. */
const KEPT = 200_000;

/** Only at DEBUG. Prompts and answers can be left out (LOG_BODIES); headers and the mapping are shown all the same. */
export function logBodies({ config }: PluginContext): Middleware {
  if (config.logLevel !== "DEBUG") return (exchange, next) => next(exchange);
  const show: Show = (body) => config.logBodies ? body : "[not shown: LOG_BODIES is off]";
  return async function logBodies(exchange, next) {
    const { id, request, headers, journal, raw } = exchange;
    logger.debug("{id} the client asks for {model}", {
      id,
      model: request.model,
      headers: Object.fromEntries(headers),
      body: show(JSON.stringify(raw ?? request)),
    });
    const said = new Excerpt();
    const told = new Excerpt();
    const finish = () => {
      logger.debug("{id} the provider said", { id, body: show(said.text) });
      logger.debug("{id} the client was told", { id, body: show(told.text) });
    };
    if (journal !== undefined) journal.trace = traceOf(exchange, said, show);
    try {
      const reply = await next(exchange);
      if (reply.kind === "stream") return recorded(reply, told, finish);
      if (reply.kind === "message") told.add(JSON.stringify(reply.message));
      finish();
      return reply;
    } catch (thrown) {
      finish();
      throw thrown;
    }
  };
}

type Show = (body: string) => string;

function traceOf(
  { id, request, headers }: Exchange,
  said: Excerpt,
  show: Show,
): NonNullable<Journal["trace"]> {
  return {
    sent({ url, headers: outbound, body }) {
      const sent = Object.fromEntries(outbound);
      const model: unknown = JSON.parse(body).model;
      logger.debug("{id} {asked} is mapped to {model} and asked at {url}", {
        id,
        asked: request.model,
        model,
        url,
        headers: sent,
        headers_not_forwarded: [...headers].map(([name]) => name).filter((name) => !(name in sent)),
        body: show(body),
      });
    },
    answered(status, answered) {
      const received = Object.fromEntries(answered);
      logger.debug("{id} the provider answers {status}", { id, status, headers: received });
    },
    frame: (text) => said.add(text),
  };
}

function recorded(
  reply: Extract<Reply, { kind: "stream" }>,
  told: Excerpt,
  finish: () => void,
): Reply {
  const transformer: Transformer<Anthropic.Event, Anthropic.Event> = {
    transform(event, controller) {
      told.add(JSON.stringify(event));
      controller.enqueue(event);
    },
    flush: finish,
    cancel: finish,
  };
  return { kind: "stream", events: reply.events.through(transformer) };
}

/** The beginning of a text that grows. */
class Excerpt {
  text = "";

  add(line: string): void {
    if (this.text.length < KEPT) this.text += `${line}\n`;
  }
}
