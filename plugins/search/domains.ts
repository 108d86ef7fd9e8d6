import type { SearchScope } from "../../core/mod.ts";

/** Whether a page may be shown: on the web, in an allowed place if there are any, and in no blocked one. */
export function within(url: string, { allowedDomains, blockedDomains }: SearchScope): boolean {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return false;
  const { hostname, pathname } = new URL(url);
  const isIn = (place: string) => {
    const { host, path } = parsePlace(place);
    return (hostname === host || hostname.endsWith(`.${host}`)) && pathname.startsWith(path);
  };
  return (allowedDomains.length === 0 || allowedDomains.some(isIn)) && !blockedDomains.some(isIn);
}

/** The hosts of places, for engines that take hosts only. */
export function hostsOf(places: readonly string[]): string[] {
  return [...new Set(places.map((place) => parsePlace(place).host))];
}

/** The query with the places as operators, which most engines know. What they let through is dropped afterwards. */
export function withSites(query: string, { allowedDomains, blockedDomains }: SearchScope): string {
  const allowed = hostsOf(allowedDomains).map((host) => `site:${host}`).join(" OR ");
  // A blocked place within a host must not block the whole host.
  const blocked = blockedDomains.map(parsePlace).filter(({ path }) => path === "/")
    .map(({ host }) => `-site:${host}`);
  return [query, ...(allowed === "" ? [] : [allowed]), ...blocked].join(" ");
}

/** `example.com`, `*.example.com`, `example.com/blog`; people write the scheme too. */
function parsePlace(place: string): { readonly host: string; readonly path: string } {
  const [host = "", ...path] = place.trim().replace(/^https?:\/\//i, "").split("/");
  return { host: host.toLowerCase().replace(/^\*?\./, ""), path: `/${path.join("/")}` };
}
