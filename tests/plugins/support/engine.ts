/** A search engine on loopback. */
export interface EngineServer extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
  /** Sends what is meant for any host to this server; remembers where it was meant for. */
  readonly fetch: typeof fetch;
}

export interface Received {
  readonly method: string;
  /** Where it was sent, the host included. */
  readonly url: URL;
  readonly query: string;
  readonly headers: Headers;
  readonly body: string;
}

const INTENDED = "x-intended-origin";

export function startEngine(
  answer: (received: Received) => Response | Promise<Response>,
): EngineServer {
  const received: Received[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search, origin } = new URL(request.url);
      const url = new URL(`${request.headers.get(INTENDED) ?? origin}${pathname}${search}`);
      const one = {
        method: request.method,
        url,
        query: url.searchParams.get("q") ?? "",
        headers: request.headers,
        body: await request.text(),
      };
      received.push(one);
      return await answer(one);
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  return {
    url,
    received,
    fetch(input, init) {
      const meant = new URL(String(input));
      const headers = new Headers(init?.headers);
      headers.set(INTENDED, meant.origin);
      return fetch(new URL(`${meant.pathname}${meant.search}`, url), { ...init, headers });
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
