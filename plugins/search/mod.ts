/** Search engines behind SEARCH_URL and SEARCH_KEY. */
import type { Config, SearchScope } from "../../core/mod.ts";
import { isTimeout, withDeadline } from "../deadline.ts";
import { brave } from "./brave.ts";
import { within } from "./domains.ts";
import { searxng } from "./searxng.ts";
import { tavily } from "./tavily.ts";

export interface SearchResult {
  readonly url: string;
  readonly title: string;
  /** What the engine shows of the page. */
  readonly text: string;
  /** As the engine writes it. */
  readonly date: string | null;
}

export interface Question {
  readonly query: string;
  readonly scope: SearchScope;
}

/** How one kind of engine is asked, and how its answer is read. */
export interface Engine {
  /** For sentences: addresses and keys never stand in one. */
  readonly name: string;
  /** Where it is, for those that are always at the same place. */
  readonly url?: string;
  ask(question: Question, place: Place): { readonly url: URL; readonly init: RequestInit };
  /** The list of results in its JSON; what is no list counts as none. */
  list(answer: unknown): unknown;
  /** Names of the fields of a result. */
  readonly fields: Readonly<Record<"title" | "text" | "date", string>>;
  /** What to do where it answers with this status; the last word on a status that is not known here. */
  readonly advice?: Readonly<Record<number, string>>;
}

export interface Place {
  readonly url: URL;
  readonly key: string | undefined;
}

/** Says in one sentence, without address or key, what failed and what to do. */
export class SearchFailure extends Error {
  override readonly name = "SearchFailure";
}

/** Throws SearchFailure. */
export type Search = (question: Question, signal: AbortSignal) => Promise<SearchResult[]>;

const LIMIT_MS = 15_000;
const MOST_RESULTS = 10;

/** Brave and Tavily by their hosts, or by the look of a key that stands alone; any other address is SearXNG's. */
export function findSearch(
  { url, key }: Config["search"],
  fetch: typeof globalThis.fetch,
): Search | undefined {
  const engine = url !== undefined ? byHost(new URL(url).hostname) : key && byKey(key);
  if (!engine) return undefined;
  const place = { url: new URL(url ?? engine.url ?? ""), key };
  return async (question, signal) => {
    const { url, init } = engine.ask(question, place);
    const answer = await ask(engine, () =>
      withDeadline(LIMIT_MS, signal, async (signal) => {
        const response = await fetch(url, { ...init, redirect: "manual", signal });
        return { response, text: await response.text() };
      }));
    return readResults(engine, answer, question.scope);
  };
}

function byHost(host: string): Engine {
  if (host.endsWith("search.brave.com")) return brave;
  return host.endsWith("tavily.com") ? tavily : searxng;
}

function byKey(key: string): Engine {
  return key.startsWith("tvly-") ? tavily : brave;
}

const ADVICE: Readonly<Record<number, string>> = {
  401: "Check SEARCH_KEY",
  403: "Check SEARCH_KEY",
  404: "Check SEARCH_URL",
  429: "It was asked too often: wait, or use another engine",
};

interface Fetched {
  readonly response: Response;
  readonly text: string;
}

/** What fetch throws names the address, so only its kind is told. */
async function ask({ name, advice }: Engine, fetching: () => Promise<Fetched>): Promise<unknown> {
  let fetched: Fetched;
  try {
    fetched = await fetching();
  } catch (thrown) {
    throw new SearchFailure(
      isTimeout(thrown)
        ? `The search engine (${name}) did not answer within ${LIMIT_MS / 1000} s.`
        : `The search engine (${name}) cannot be reached. Check SEARCH_URL.`,
    );
  }
  const { response: { ok, status }, text } = fetched;
  if (!ok) {
    const moved = status >= 300 && status < 400 ? "Set SEARCH_URL to where it moved" : undefined;
    const hint = moved ?? advice?.[status] ?? ADVICE[status] ?? "Try again later";
    throw new SearchFailure(`The search engine (${name}) answered with HTTP ${status}. ${hint}.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    const hint = advice?.[200] ?? "Check SEARCH_URL";
    throw new SearchFailure(`The search engine (${name}) did not answer with JSON. ${hint}.`);
  }
}

function readResults({ list, fields }: Engine, answer: unknown, scope: SearchScope) {
  const found = list(answer);
  const results = new Map<string, SearchResult>();
  for (const item of Array.isArray(found) ? found as unknown[] : []) {
    const { url, ...rest } = (item ?? {}) as Record<string, unknown>;
    if (typeof url !== "string" || results.has(url) || !within(url, scope)) continue;
    const date = rest[fields.date];
    results.set(url, {
      url,
      title: plain(rest[fields.title]) || url,
      text: plain(rest[fields.text]),
      date: typeof date === "string" && date !== "" ? date : null,
    });
  }
  return [...results.values()].slice(0, MOST_RESULTS);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&#x27;": "'",
  "&nbsp;": " ",
  "&amp;": "&",
};

/** Engines mark what they matched, in HTML. */
function plain(text: unknown): string {
  if (typeof text !== "string") return "";
  return text.replaceAll(/<\/?[a-z][^>]*>/gi, "")
    .replaceAll(/&(?:lt|gt|quot|#39|#x27|nbsp|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replaceAll(/\s+/g, " ").trim();
}
