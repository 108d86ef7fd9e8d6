/**
 * Who is let in. This stands before the chain of plugins, not in it, because it guards every path and must have said yes
 * before a byte of the body is read.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { ClientKey } from "./config.ts";
import { ApiError } from "./errors.ts";

export interface Caller {
  readonly method: string;
  readonly headers: Headers;
  /** IP address of the peer. */
  readonly address: string;
  /** The address that the client asked for. */
  readonly url: URL;
}

export interface Door {
  /** Throws ApiError 403 for a caller who may not even look: a web page. */
  look(caller: Caller): void;
  /** The name of the caller's key, undefined where none is wanted. Throws ApiError 401, 403 or 415. */
  admit(caller: Caller): string | undefined;
}

/**
 * No browser is let in that acts for some web page. Of the rest, without keys only this machine; with keys the key
 * decides, whatever address or name the caller comes by.
 */
export function makeDoor(clientKeys: readonly ClientKey[]): Door {
  if (clientKeys.length > 0) {
    const known = clientKeys.map(({ name, key }) => ({ name, digest: digest(key) }));
    return {
      look: checkOrigin,
      admit(caller) {
        checkSite(caller);
        return nameOfKey(presentedKeys(caller.headers), known);
      },
    };
  }
  return {
    look(caller) {
      checkHost(caller);
      checkOrigin(caller);
    },
    admit(caller) {
      checkPeer(caller);
      checkSite(caller);
      checkType(caller);
      return undefined;
    },
  };
}

/** Whether an address of a peer, or a host name, is this machine. */
export function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\./.test(address) || address === "::1" || address === "localhost";
}

/** Whether a URL leads to this machine. */
export function isLocal(url: string): boolean {
  return isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, ""));
}

/** A page can give its own DNS name our address, but it cannot be an address: so names other than localhost stay out. */
function checkHost({ url }: Caller): void {
  const { hostname } = url;
  if (isAddress(hostname) || hostname === "localhost" || hostname.endsWith(".localhost")) return;
  throw new ApiError(
    403,
    `This proxy has no ANTHROPIC_API_KEY, so it answers to an IP address or localhost, not to "${hostname}". ` +
      "Use http://127.0.0.1 with its port, or set ANTHROPIC_API_KEY on the proxy",
  );
}

function checkPeer({ address }: Caller): void {
  if (isLoopback(address)) return;
  throw new ApiError(
    401,
    "This proxy takes only callers on its own machine. To let others in, set ANTHROPIC_API_KEY on the proxy " +
      "and present the same key",
    { shouldRetry: false },
  );
}

/** A web page's POST names its page. */
function checkOrigin({ headers, url }: Caller): void {
  const page = headers.get("origin");
  if (page !== null && page !== url.origin) {
    throw new ApiError(403, `A web page at ${page} may not use this proxy`);
  }
}

/** A web page's GET, for instance of an image, does not name its page, but tells that it is another's. */
function checkSite({ headers }: Caller): void {
  const site = headers.get("sec-fetch-site");
  if (site === "cross-site" || site === "same-site") {
    throw new ApiError(403, "Another site's web page may not use this proxy");
  }
}

/** A page can post text, forms and untyped bytes without asking us first; JSON it cannot. */
function checkType({ method, headers }: Caller): void {
  const type = headers.get("content-type") ?? "";
  if (method !== "POST" || /^application\/json\b/i.test(type)) return;
  throw new ApiError(
    415,
    `The body must come as content-type: application/json, not ${type || "without one"}`,
  );
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(hostname);
}

interface KnownKey {
  readonly name: string;
  readonly digest: Uint8Array;
}

function nameOfKey(presented: readonly string[], known: readonly KnownKey[]): string {
  const found = presented.map((key) => find(digest(key), known)).find((name) => name !== undefined);
  if (found !== undefined) return found;
  throw new ApiError(
    401,
    presented.length === 0
      ? "This proxy wants a key: set ANTHROPIC_AUTH_TOKEN to the proxy's ANTHROPIC_API_KEY"
      : "The key does not fit this proxy: ANTHROPIC_AUTH_TOKEN must be the proxy's ANTHROPIC_API_KEY; /login does not change it",
    { shouldRetry: false },
  );
}

/** In constant time: digests of equal length, and all keys are looked at. */
function find(presented: Uint8Array, known: readonly KnownKey[]): string | undefined {
  let found: string | undefined;
  for (const { name, digest } of known) if (timingSafeEqual(presented, digest)) found = name;
  return found;
}

/** The client sends one or both (section 1.2). */
function presentedKeys(headers: Headers): string[] {
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  return [headers.get("x-api-key"), bearer].filter((key) => key !== null && key !== undefined);
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
