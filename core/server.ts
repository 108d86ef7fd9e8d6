/** HTTP in, HTTP out. The one place where an error becomes a response. */
import { getLogger } from "@logtape/logtape";
import type { Anthropic, Exchange, Handler, OpenAI, Page } from "./contract.ts";
import type { Door } from "./door.ts";
import { ApiError, asApiError } from "./errors.ts";
import { readJson } from "./body.ts";
import { withoutCredentials } from "./client_headers.ts";
import { newJournal } from "./journal.ts";
import { asFlow, asMessage } from "./reply.ts";
import { parseChatRequest, parseCountRequest, parseRequest } from "./schema.ts";
import { toBody } from "./stream/body.ts";
import { settlesWithin } from "./stream/settle.ts";
import type { Traffic, Visit } from "./traffic.ts";

/** How long the status of a stream is held back for an answer or a refusal (section 0, rule 7). */
const STATUS_MS = 15_000;

/** What the routes need to know of the program around them. */
export interface App {
  readonly provider: string;
  readonly door: Door;
  readonly handler: Handler;
  readonly traffic: Traffic;
  countTokens(exchange: Exchange): Promise<number>;
  /** The pages that are not about messages, by method and path: what they return is sent as JSON. */
  readonly pages: Readonly<Record<string, Page>>;
}

export interface Peer {
  /** IP address. */
  readonly address: string;
}

/** What this request is about, before its body is read. */
interface Incoming {
  readonly request: Request;
  readonly id: string;
  readonly app: App;
  /** `performance.now()` */
  readonly startedAt: number;
  /** The name of the caller's key. */
  readonly client: string | undefined;
  readonly visit: Visit;
  /** It is known what is asked: from here on the plugins tell what becomes of it. */
  taken(): void;
}

type Route = (incoming: Incoming) => Promise<Response>;

const ROUTES: Readonly<Record<string, Route>> = {
  "POST /v1/messages": postMessages,
  "POST /v1/messages/count_tokens": postCountTokens,
  "POST /v1/chat/completions": postChatCompletions,
};

/** Open to anybody who can reach the port: nothing is spent, and nothing told that anybody said. */
const OPEN_PATHS = new Set(["HEAD /", "HEAD /api/hello", "GET /", "GET /health"]);

/** The program as a function of a request. */
export function createServer(app: App): (request: Request, peer: Peer) => Promise<Response> {
  return async function serve(request, peer) {
    const startedAt = performance.now();
    const id = `req_${crypto.randomUUID().replaceAll("-", "")}`;
    let visit: Visit | undefined;
    let isTaken = false;
    const taken = () => void (isTaken = true);
    let response: Response;
    try {
      const { method, headers, signal } = request;
      const url = addressOf(request);
      const route = `${method} ${plainPath(url.pathname)}`;
      const caller = { method, headers, url, address: peer.address };
      app.door.look(caller);
      const open = OPEN_PATHS.has(route);
      const client = open ? undefined : app.door.admit(caller);
      visit = app.traffic.enter(signal, open);
      response = await dispatch(route, { request, id, app, client, visit, startedAt, taken });
    } catch (thrown) {
      await request.body?.cancel().catch(() => {});
      response = toErrorResponse(thrown, id);
      if (!isTaken) logRefused(id, request, peer, thrown);
    } finally {
      visit?.leave();
    }
    response.headers.set("request-id", id);
    return response;
  };
}

/** Throws ApiError 400 for a Host that makes no address. */
function addressOf(request: Request): URL {
  try {
    return new URL(request.url);
  } catch {
    throw new ApiError(400, "The Host header and the path make no address");
  }
}

/** A base URL that ends in `/v1` or `/` doubles it. The client would blame a 404 on the model (section 0, rule 13). */
function plainPath(path: string): string {
  return path.replace(/^\/+(?:v1\/+(?=v1\/))?/, "/").replace(/(.)\/+$/, "$1");
}

async function dispatch(route: string, incoming: Incoming): Promise<Response> {
  const { app } = incoming;
  const known = ROUTES[route];
  if (known !== undefined) return await known(incoming);
  if (route.startsWith("HEAD ") && OPEN_PATHS.has(route)) return new Response(null);
  const page = app.pages[route];
  if (page === undefined) {
    throw new ApiError(404, `${route} is not served here; GET / lists what is`);
  }
  const probe: Anthropic.Request = { model: "", max_tokens: 1, messages: [] };
  const answer = await page(makeExchange(incoming, probe));
  // A redirect, or what fetch gave, has headers that cannot be added to.
  return answer instanceof Response ? new Response(answer.body, answer) : Response.json(answer);
}

async function postMessages(incoming: Incoming): Promise<Response> {
  const { request, id, app, visit } = incoming;
  const asked = parseRequest(await readJson(request));
  const reply = app.handler(makeExchange(incoming, asked));
  if (!asked.stream) return Response.json(await asMessage(await reply));
  const flow = reply.then(asFlow);
  await settlesWithin(flow, STATUS_MS);
  visit.stay();
  const body = toBody(flow, {
    requestId: id,
    ended(reason) {
      visit.leave();
      logBroken(id, reason);
    },
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
  });
}

async function postCountTokens(incoming: Incoming): Promise<Response> {
  const asked = parseCountRequest(await readJson(incoming.request));
  const exchange = makeExchange(incoming, asked);
  return Response.json({ input_tokens: await incoming.app.countTokens(exchange) });
}

async function postChatCompletions(incoming: Incoming): Promise<Response> {
  const raw = parseChatRequest(await readJson(incoming.request));
  const { model, stream } = raw;
  const asked: Anthropic.Request = { model, stream: stream ?? false, max_tokens: 1, messages: [] };
  const exchange = { ...makeExchange(incoming, asked), raw: raw as unknown as OpenAI.Request };
  const reply = await incoming.app.handler(exchange);
  if (reply.kind !== "raw") throw new ApiError(500, "A plugin answered a pass-through request");
  incoming.visit.stay();
  Promise.resolve(reply.ended).finally(incoming.visit.leave);
  return reply.response;
}

function makeExchange(
  { request, id, app, client, visit, startedAt, taken }: Incoming,
  asked: Anthropic.Request,
): Exchange {
  taken();
  // Credentials are nobody's business further in.
  const headers = withoutCredentials(request.headers);
  const target = { provider: app.provider, model: asked.model, headers: {} };
  const journal = newJournal(startedAt);
  const exchange = { id, request: asked, headers, target, signal: visit.signal, journal };
  return client === undefined ? exchange : { ...exchange, client };
}

function toErrorResponse(thrown: unknown, id: string): Response {
  const error = asApiError(thrown);
  if (error !== thrown) logUnexpected(id, thrown);
  if (error.response !== undefined) return error.response;
  const response = Response.json(error.toBody(id), { status: error.status });
  if (error.retryAfter !== undefined) response.headers.set("retry-after", String(error.retryAfter));
  if (error.shouldRetry !== undefined) {
    response.headers.set("x-should-retry", String(error.shouldRetry));
  }
  return response;
}

/** Without its query, which may hold a key, and shortened, because anybody may send it. */
function logRefused(id: string, { method, url }: Request, { address }: Peer, thrown: unknown) {
  const { status, message } = asApiError(thrown);
  const path = /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1]?.slice(0, 100);
  getLogger(["ccproxy", "refused"]).info(
    "{id} {method} {path} from {address} {status}: {message}",
    {
      id,
      method,
      path,
      address,
      status,
      message: message.slice(0, 300),
    },
  );
}

/** The client already has its status when a stream breaks. */
function logBroken(id: string, reason: unknown): void {
  if (reason !== undefined && !(reason instanceof ApiError) && !(reason instanceof DOMException)) {
    logUnexpected(id, reason);
  }
}

function logUnexpected(id: string, thrown: unknown): void {
  const detail = thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
  getLogger(["ccproxy"]).error("{id} failed unexpectedly: {detail}", { id, detail });
}
