/** One request to the provider: what the adapter is told, the body and headers it makes. */
import { getLogger } from "@logtape/logtape";
import type { Call, Exchange, OpenAI, ProviderAdapter } from "./contract.ts";
import { isChunk } from "./convert/chunk.ts";
import type { DocumentReader } from "./convert/documents.ts";
import { convertRequest, effortOf } from "./convert/request.ts";
import { searchScope } from "./convert/search.ts";
import { sessionOf } from "./convert/session.ts";
import { withoutCallsInSummary } from "./convert/summary.ts";
import { completionsUrl } from "./convert/url.ts";
import { ApiError } from "./errors.ts";
import type { Ask } from "./link.ts";
import { Recent } from "./recent.ts";
import { drive, type Sink, type Stage } from "./stream/drive.ts";

/** The provider, and all that the settings say about it. */
export interface Route {
  readonly provider: string;
  readonly adapter: ProviderAdapter;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The variables the adapter named. */
  readonly env: Readonly<Record<string, string>>;
  readonly maxTokens?: number | undefined;
  readonly minTokens?: number | undefined;
  readonly readDocuments: DocumentReader;
}

/** Room for thinking that nobody can turn off, where the client left almost none (Q25). */
const THINKING_ROOM = 4096;

/** The names of the token limit. */
const LIMITS = ["max_tokens", "max_completion_tokens"];

/** What the adapter is told of the exchange. */
export function makeCall({ request: asked, target, headers }: Exchange, route: Route): Call {
  const request = withoutCallsInSummary(asked, headers);
  const session = sessionOf(request, headers);
  const search = route.adapter.search && searchScope(request);
  return {
    model: target.model,
    stream: request.stream === true,
    baseUrl: route.baseUrl,
    apiKey: route.apiKey,
    request,
    effort: effortOf(request),
    env: route.env,
    ...(session === undefined ? {} : { session }),
    ...(search === undefined ? {} : { search }),
  };
}

/** The body as the adapter wants it. */
export async function makeBody(call: Call, route: Route): Promise<OpenAI.Request> {
  const { provider, adapter, maxTokens, minTokens, readDocuments } = route;
  const { output, vision, files, reasoning } = adapter.facts?.(call.model) ?? {};
  const room = reasoning === "always" ? THINKING_ROOM : 1;
  const body = convertRequest(call.request, {
    model: call.model,
    provider,
    vision: vision ?? true,
    files: files ?? false,
    documents: files ? new Map() : await readDocuments(call.request),
    maxOutput: Math.min(output ?? Infinity, maxTokens ?? Infinity),
    minOutput: Math.max(minTokens ?? 1, room),
  });
  const mended = guard(route, "request", () => adapter.request?.(body, call) ?? body);
  tellOfTools(body, mended, provider);
  if (call.search === undefined) return mended;
  return guard(route, "search", () => adapter.search?.(mended, call) ?? mended);
}

/** The models of which it was told that they do not get all tools. */
const told = new Recent<string, true>(1_000);

/** A tool for which the provider has no room is missed by its user only. No tools at all are what was asked for (Q89). */
function tellOfTools(asked: OpenAI.Request, sent: OpenAI.Request, provider: string): void {
  const { model, tools: { length: count } = [] } = asked;
  const kept = sent.tools?.length ?? count;
  if (kept >= count || told.has(model)) return;
  told.set(model, true);
  getLogger(["ccproxy"]).warn(
    "{model} gets the first {kept} of the client's {count} tools, because {provider} takes no more. " +
      "Turn off MCP servers that are not needed",
    { model, kept, count, provider },
  );
}

/** The body with its token limit lowered to what the window leaves beside the prompt (section 7). */
export function fitWindow(
  body: OpenAI.Request,
  promptTokens: number,
  model: string,
  { adapter }: Route,
): OpenAI.Request {
  const room = (adapter.facts?.(model).context ?? Infinity) - promptTokens;
  if (room < 1) return body;
  const limited = LIMITS.filter((name) => Number(body[name]) > room).map((name) => [name, room]);
  return limited.length === 0 ? body : { ...body, ...Object.fromEntries(limited) };
}

/** Where the body goes, and with which headers; the exchange's own replace ours. */
export function makeAsk(
  call: Call,
  body: Ask["body"],
  { target, signal }: Exchange,
  route: Route,
): Ask {
  const { adapter } = route;
  const headers = new Headers({
    "content-type": "application/json",
    accept: call.stream ? "text/event-stream" : "application/json",
  });
  guard(route, "headers", () => {
    const own = settled(adapter.headers?.(call)) ?? bearer(call.apiKey);
    for (const [name, value] of Object.entries(own)) headers.set(name, value);
  });
  for (const [name, value] of Object.entries(target.headers)) headers.set(name, value);
  const url = guard(route, "url", () => {
    const own = settled(adapter.url?.(call)) ?? completionsUrl(call.baseUrl);
    if (!URL.canParse(own)) throw new Error("it returned what is no URL");
    return own;
  });
  return { url, headers, body, signal };
}

/** Runs an adapter's hook: one that throws fails its request with an error that names it. */
export function guard<Result>(
  { provider }: Pick<Route, "provider">,
  hook: string,
  run: () => Result,
): Result {
  try {
    return settled(run());
  } catch (thrown) {
    if (thrown instanceof ApiError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ApiError(500, `The adapter "${provider}" failed in its ${hook} hook: ${reason}`, {
      cause: thrown,
    });
  }
}

/** What a hook returned. Throws for a promise, which would reach the provider as `{}` or fail where nobody waits. */
function settled<Result>(result: Result): Result {
  if (!(result instanceof Promise)) return result;
  result.catch(() => {});
  throw new Error("it returned a promise, and must return its value at once");
}

/** The adapter's stage for this answer, if it has one; a fault in it names the adapter too. */
export function makeStage(
  call: Call,
  route: Route,
): Stage<OpenAI.Chunk, OpenAI.Chunk> | undefined {
  const transformer = guard(route, "stream", () => route.adapter.stream?.(call));
  if (transformer === undefined) return undefined;
  const stage = guard(route, "stream", () => drive(transformer));
  let outlet: Sink<OpenAI.Chunk>;
  // Anything else would fail further on, where nobody knows any more who made it.
  const chunks: Sink<OpenAI.Chunk> = {
    push(chunk) {
      if (!isChunk(chunk)) throw new Error("it enqueued what is no chunk");
      outlet.push(chunk);
    },
  };
  const rethrow = (thrown: unknown) =>
    guard(route, "stream", () => {
      throw thrown;
    });
  return {
    write(chunk, out) {
      outlet = out;
      try {
        return stage.write(chunk, chunks)?.then(undefined, rethrow);
      } catch (thrown) {
        rethrow(thrown);
      }
    },
    close(out) {
      outlet = out;
      try {
        return stage.close(chunks)?.then(undefined, rethrow);
      } catch (thrown) {
        rethrow(thrown);
      }
    },
    cancel: (reason) => stage.cancel(reason),
  };
}

function bearer(apiKey: string): Record<string, string> {
  return apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` };
}
