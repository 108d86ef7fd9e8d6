import { withSites } from "./domains.ts";
import type { Engine } from "./mod.ts";

const FORMATS = "Allow the format json in its settings.yml, under search.formats";

/** SearXNG, on any address. A key goes to the proxy that may stand before it, as does a user in the address. */
export const searxng: Engine = {
  name: "SearXNG",
  ask({ query, scope }, { url: place, key }) {
    const url = new URL(place);
    const headers = new Headers({ accept: "application/json" });
    if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
    if (url.username !== "") {
      const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
      headers.set("authorization", `Basic ${btoa(user)}`);
      url.username = "";
      url.password = "";
    }
    url.pathname = url.pathname.replace(/(?:\/search)?\/*$/, "/search");
    url.searchParams.set("q", withSites(query, scope));
    url.searchParams.set("format", "json");
    return { url, init: { headers } };
  },
  list: (answer) => (answer as { results?: unknown } | null)?.results,
  fields: { title: "title", text: "content", date: "publishedDate" },
  advice: { 200: FORMATS, 403: FORMATS },
};
