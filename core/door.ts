/**
 * Who is let in. This stands before the chain of plugins, not in it, because it guards every path and must have said yes
 * before a byte of the body is read.
 */
import { timingSafeEqual } from "node:crypto";
import { createHash } from "node:crypto";
import { ApiError } from "./errors.ts";

export interface Caller {
  readonly headers: Headers;
  /** IP address of the peer. */
  readonly address: string;
  /** The request's own origin, as the client addressed us. */
  readonly origin: string;
}

/** Throws ApiError 401 or 403 for a caller that may not come in. Without keys only this machine may. */
export function admit({ headers, address, origin }: Caller, clientKeys: readonly string[]): void {
  const page = headers.get("origin");
  if (page !== null && page !== origin) {
    throw new ApiError(403, `A web page at ${page} may not use this proxy`);
  }
  if (clientKeys.length === 0) {
    if (isLoopback(address)) return;
    throw new ApiError(
      401,
      "This proxy takes only callers on its own machine. To let others in, set ANTHROPIC_API_KEY on the proxy " +
        "and present the same key",
      { shouldRetry: false },
    );
  }
  const presented = presentedKeys(headers);
  if (presented.some((key) => clientKeys.some((known) => sameText(key, known)))) return;
  throw new ApiError(
    401,
    presented.length === 0
      ? "This proxy wants a key: set ANTHROPIC_AUTH_TOKEN to the proxy's ANTHROPIC_API_KEY"
      : "The key does not fit this proxy: ANTHROPIC_AUTH_TOKEN must be the proxy's ANTHROPIC_API_KEY",
    { shouldRetry: false },
  );
}

export function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\./.test(address) || address === "::1" || address === "localhost";
}

/** The client sends one or both (section 1.2). */
function presentedKeys(headers: Headers): string[] {
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  return [headers.get("x-api-key"), bearer].filter((key) => key !== null && key !== undefined);
}

/** In constant time, whatever the lengths. */
function sameText(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
