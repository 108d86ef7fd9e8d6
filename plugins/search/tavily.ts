import { hostsOf } from "./domains.ts";
import type { Engine } from "./mod.ts";

/** Tavily refuses longer ones. */
const QUERY_LENGTH = 400;

export const tavily: Engine = {
  name: "Tavily",
  url: "https://api.tavily.com/search",
  ask({ query, scope }, { url: place, key = "" }) {
    const url = new URL(place);
    if (url.pathname === "/") url.pathname = "/search";
    const { allowedDomains, blockedDomains } = scope;
    const blocked = blockedDomains.filter((domain) => !/[^/]\/[^/]/.test(domain));
    const body = {
      query: query.slice(0, QUERY_LENGTH),
      max_results: 10,
      ...(allowedDomains.length > 0 ? { include_domains: hostsOf(allowedDomains) } : {}),
      ...(blocked.length > 0 ? { exclude_domains: hostsOf(blocked) } : {}),
    };
    const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
    return { url, init: { method: "POST", headers, body: JSON.stringify(body) } };
  },
  list: (answer) => (answer as { results?: unknown } | null)?.results,
  fields: { title: "title", text: "content", date: "published_date" },
};
