/** A server made of bare sockets: it says what it likes, when it likes, or nothing. */

export interface RawServer extends AsyncDisposable {
  /** As OPENAI_BASE_URL wants it. */
  readonly baseUrl: string;
  readonly port: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Requests whose head has come. */
  readonly asked: number;
}

export interface Line {
  /** Writes a text or bytes; a peer that left is no error. */
  write(text: string | Uint8Array): Promise<void>;
  /** Ends the connection in mid-sentence. */
  close(): void;
  /** Settles when the peer has closed the connection. */
  readonly left: Promise<void>;
}

/** Streams that say "Hi", and end well once `goOn` has settled. */
export function startPausingServer(goOn: Promise<void>): RawServer {
  return startRawServer(async (line) => {
    await line.write(`${SSE_HEAD}data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n`);
    await goOn;
    await line.write(
      `data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`,
    );
    line.close();
  });
}

/** Calls `speak` for each request that comes in; then reads on until the peer leaves. */
export function startRawServer(speak: (line: Line, index: number) => unknown): RawServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.TcpConn>();
  const served: Promise<void>[] = [];
  let asked = 0;

  async function serve(connection: Deno.TcpConn): Promise<void> {
    const left = Promise.withResolvers<void>();
    const line: Line = {
      left: left.promise,
      close: () => closeQuietly(connection),
      async write(text) {
        const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
        try {
          for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
        } catch {
          left.resolve();
        }
      },
    };
    const pending: unknown[] = [];
    for await (const _head of requestsOf(connection)) pending.push(speak(line, asked++));
    left.resolve();
    closeQuietly(connection);
    connections.delete(connection);
    await Promise.all(pending);
  }

  const accepting = (async () => {
    for await (const connection of listener) {
      connections.add(connection);
      served.push(serve(connection));
    }
  })();
  const { port } = listener.addr as Deno.NetAddr;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    port,
    get open() {
      return connections.size;
    },
    get asked() {
      return asked;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of connections) closeQuietly(connection);
      await accepting;
      await Promise.all(served);
    },
  };
}

/** The head of each request, when its body has come too. */
async function* requestsOf(connection: Deno.TcpConn): AsyncGenerator<string> {
  const decoder = new TextDecoder("latin1");
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  while (true) {
    const end = text.indexOf("\r\n\r\n");
    const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
    if (end >= 0 && text.length >= end + 4 + length) {
      yield text.slice(0, end);
      text = text.slice(end + 4 + length);
      continue;
    }
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return;
    text += decoder.decode(buffer.subarray(0, count));
  }
}

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}

export const SSE_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
