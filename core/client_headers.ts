import type { ClientHeaders } from "./contract.ts";

const CREDENTIALS = new Set(["authorization", "x-api-key", "cookie"]);

/** A view: to copy the headers of each request takes 5 us. */
export function withoutCredentials(headers: Headers): ClientHeaders {
  const isShown = (name: string) => !CREDENTIALS.has(name.toLowerCase());
  return {
    get: (name) => isShown(name) ? headers.get(name) : null,
    has: (name) => isShown(name) && headers.has(name),
    *[Symbol.iterator]() {
      for (const header of headers) if (isShown(header[0])) yield header;
    },
  };
}
