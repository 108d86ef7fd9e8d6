import type { SearchScope } from "../contract.ts";
import type { Citation, Request } from "../protocol/anthropic.ts";
import type { Chunk } from "../protocol/openai.ts";

/** What the request's `web_search_*` tool allows (section 2.6); undefined where it has none. */
export function searchScope({ tools }: Request): SearchScope | undefined {
  const tool = tools?.find(({ type }) => type?.startsWith("web_search_"));
  return tool && {
    maxUses: tool.max_uses ?? Infinity,
    allowedDomains: tool.allowed_domains ?? [],
    blockedDomains: tool.blocked_domains ?? [],
  };
}

/** A page as the providers name it: under `url_citation`, flat, or as a bare address. */
interface LoosePage {
  readonly url_citation?: LoosePage;
  readonly url?: unknown;
  readonly link?: unknown;
  readonly title?: unknown;
  readonly content?: unknown;
}

const LISTS = ["citations", "search_results", "web_search"];

/** The pages that a chunk names as its sources (Q18). Titled lists first: the same page may come without one. */
export function citationsOf(chunk: Chunk): Citation[] {
  const lists = [chunk.choices[0]?.delta["annotations"], ...LISTS.map((name) => chunk[name])];
  const pages = lists.flatMap((list) => Array.isArray(list) ? list as unknown[] : []);
  const citations = pages.flatMap(readPage);
  return [
    ...citations.filter(({ title }) => title !== null),
    ...citations.filter(({ title }) => title === null),
  ];
}

function readPage(page: unknown): Citation[] {
  if (typeof page === "string") return readPage({ url: page });
  if (typeof page !== "object" || page === null) return [];
  const { url_citation, url, link, title, content } = page as LoosePage;
  if (url_citation) return readPage(url_citation);
  const address = url ?? link;
  if (typeof address !== "string" || !/^https?:\/\//i.test(address)) return [];
  return [{
    type: "web_search_result_location",
    url: address,
    title: typeof title === "string" && title !== "" ? title : null,
    cited_text: typeof content === "string" ? content : "",
    encrypted_index: "",
  }];
}
