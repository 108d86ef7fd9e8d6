import { withSites } from "./domains.ts";
import type { Engine } from "./mod.ts";

/** Brave refuses longer ones. */
const QUERY_LENGTH = 400;

export const brave: Engine = {
  name: "Brave",
  url: "https://api.search.brave.com/res/v1/web/search",
  ask({ query, scope }, { url: place, key = "" }) {
    const url = new URL(place);
    if (url.pathname === "/") url.pathname = "/res/v1/web/search";
    url.searchParams.set("q", withSites(query, scope).slice(0, QUERY_LENGTH));
    url.searchParams.set("count", "20");
    return { url, init: { headers: { accept: "application/json", "x-subscription-token": key } } };
  },
  list: (answer) => (answer as { web?: { results?: unknown } } | null)?.web?.results,
  fields: { title: "title", text: "description", date: "page_age" },
  advice: { 422: "Check SEARCH_KEY" },
};
