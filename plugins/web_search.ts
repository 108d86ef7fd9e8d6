import { getLogger } from "@logtape/logtape";
import {
  type Anthropic,
  ApiError,
  type Exchange,
  type Handler,
  type Middleware,
  type PluginContext,
  searchScope,
} from "../core/mod.ts";
import { findSearch, type Question, type Search, SearchFailure } from "./search/mod.ts";
import { searchNatively } from "./web_search_native.ts";
import { type Findings, replyWith } from "./web_search_reply.ts";
import { listOf, summarize } from "./web_search_summary.ts";

const logger = getLogger(["ccproxy", "web_search"]);

const NOT_SET_UP =
  "Web search is not set up in ccproxy. To turn it on, set SEARCH_URL to the address of a SearXNG, or SEARCH_KEY to a key of Brave or Tavily, in its env file, and start it again.";

/**
 * Answers the client's web searches (section 2.6): by the provider where it can, else by the engine of SEARCH_URL and
 * SEARCH_KEY, else with an error that says what to set.
 */
export function webSearch({ config, searches, fetch }: PluginContext): Middleware {
  const search = findSearch(config.search, fetch);
  return async function webSearch(exchange, next) {
    const { request, target } = exchange;
    const scope = searchScope(request);
    if (scope === undefined) return await next(exchange);
    const plain = { ...exchange, request: withoutSearch(request) };
    if (plain.request.tools?.length) return await next(plain);
    const question = { query: queryOf(request), scope };
    const findings = await find(question, {
      exchange: plain,
      search,
      native: searches(target.model) ? () => searchNatively(exchange, scope, next) : undefined,
      next,
    });
    return { kind: "message", message: replyWith(findings, { request, question }) };
  };
}

interface Means {
  readonly exchange: Exchange;
  readonly native: (() => Promise<Findings>) | undefined;
  readonly search: Search | undefined;
  readonly next: Handler;
}

async function find(question: Question, { exchange, native, search, next }: Means) {
  if (question.scope.maxUses < 1) {
    return failed("The request allows no search.", "max_uses_exceeded");
  }
  if (native !== undefined) {
    try {
      return await native();
    } catch (thrown) {
      if (search === undefined || exchange.signal.aborted || !(thrown instanceof ApiError)) {
        throw thrown;
      }
      logger.warn("{id} the provider's own web search failed: {message}", {
        id: exchange.id,
        message: thrown.message,
      });
    }
  }
  return search === undefined
    ? failed(NOT_SET_UP)
    : await searchWith(search, question, exchange, next);
}

async function searchWith(
  search: Search,
  question: Question,
  exchange: Exchange,
  next: Handler,
): Promise<Findings> {
  try {
    const results = await search(question, exchange.signal);
    if (results.length === 0) return { pages: [], text: "The search found nothing.", searches: 1 };
    const summary = await summarize(question.query, results, exchange, next);
    return { pages: results, searches: 1, ...summary ?? { text: listOf(results) } };
  } catch (thrown) {
    if (!(thrown instanceof SearchFailure)) throw thrown;
    logger.warn("{id} {message}", { id: exchange.id, message: thrown.message });
    return failed(thrown.message);
  }
}

function failed(text: string, error = "unavailable"): Findings {
  return { pages: [], text, searches: 0, error };
}

/** Other tools beside the search are a conversation that may want one: it goes on without. */
function withoutSearch(request: Anthropic.Request): Anthropic.Request {
  const { tools, tool_choice: _, ...rest } = request;
  const others = (tools ?? []).filter(({ type }) => !type?.startsWith("web_search_"));
  return others.length > 0 ? { ...request, tools: others } : rest;
}

const PREFIX = /^\s*Perform a web search for the query:\s*/;

function queryOf({ messages }: Anthropic.Request): string {
  const content = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const text = typeof content === "string"
    ? content
    : content.map((block) => block.type === "text" ? block.text : "").join("\n");
  return text.replace(PREFIX, "").trim();
}
