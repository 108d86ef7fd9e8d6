/**
 * A load generator on raw TCP: each connection sends a request, reads its answer to the end, and sends the next. It looks
 * at nothing but where an answer ends, so that it costs less than what it measures. A connection that the server closes
 * is opened anew, and the time this takes counts.
 */

export interface Target {
  readonly port: number;
  readonly path: string;
  /** What this server wants before the name of a model. */
  readonly prefix?: string;
}

export interface Load {
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

/** Times in milliseconds, one for each answer. */
export interface Sample {
  readonly seconds: number;
  readonly latencies: readonly number[];
  /** Until the first byte of the body. */
  readonly firstBytes: readonly number[];
  /** The longest wait between two reads of one answer. */
  readonly worstGaps: readonly number[];
}

/** The end of a chunked body, and of the chunk before it. */
const LAST_CHUNK = new TextEncoder().encode("\r\n0\r\n\r\n");

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Loads a server for some seconds. Throws where an answer is not 200 or does not come. */
export async function run(target: Target, load: Load): Promise<Sample> {
  const request = requestBytes(target, load.body);
  const latencies: number[] = [];
  const firstBytes: number[] = [];
  const worstGaps: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + load.seconds * 1000;
  await Promise.all(Array.from({ length: load.connections }, async () => {
    const line = new Line(target);
    do {
      const answer = await line.exchange(request);
      latencies.push(answer.total);
      firstBytes.push(answer.firstByte);
      worstGaps.push(answer.worstGap);
    } while (performance.now() < until);
    line.close();
  }));
  return { seconds: (performance.now() - startedAt) / 1000, latencies, firstBytes, worstGaps };
}

/** The body of one answer. */
export async function once(target: Target, body: string): Promise<string> {
  const line = new Line(target);
  let text = "";
  await line.exchange(requestBytes(target, body), (bytes) => {
    text += decoder.decode(bytes, { stream: true });
  });
  line.close();
  const end = text.indexOf("\r\n\r\n");
  const answer = text.slice(end + 4);
  return /^transfer-encoding: chunked/im.test(text.slice(0, end)) ? withoutMarks(answer) : answer;
}

/** A chunked body without the lines that say how long each chunk is. All text is ASCII here. */
function withoutMarks(chunked: string): string {
  let text = "";
  for (let at = 0;;) {
    const start = chunked.indexOf("\r\n", at) + 2;
    const length = parseInt(chunked.slice(at, start), 16);
    if (!(length > 0)) return text;
    text += chunked.slice(start, start + length);
    at = start + length + 2;
  }
}

/** A stream that is read until it is closed. */
export interface OpenStream extends Disposable {
  /** Longest wait between two reads, in milliseconds, since the last call. */
  worstGap(): number;
}

/** Opens a stream and waits for its first bytes. */
export async function openStream(target: Target, body: string): Promise<OpenStream> {
  const connection = await open(target);
  await writeAll(connection, requestBytes(target, body));
  const buffer = new Uint8Array(64 * 1024);
  await connection.read(buffer);
  let worst = 0;
  let last = performance.now();
  (async () => {
    while (await connection.read(buffer) !== null) {
      const now = performance.now();
      worst = Math.max(worst, now - last);
      last = now;
    }
  })().catch(() => {});
  return {
    worstGap() {
      const gap = worst;
      worst = 0;
      return gap;
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

async function open({ port }: Target): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  return connection;
}

/** One client with one connection at a time. */
class Line {
  readonly #target: Target;
  readonly #buffer = new Uint8Array(64 * 1024);
  #connection: Deno.TcpConn | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Sends a request and reads its answer to the end. Milliseconds. */
  async exchange(request: Uint8Array, see: (bytes: Uint8Array) => void = () => {}) {
    const sentAt = performance.now();
    const connection = this.#connection ??= await open(this.#target);
    await writeAll(connection, request);
    let head = "";
    let firstByteAt = 0;
    let lastAt = 0;
    let worstGap = 0;
    let left: number | undefined;
    let tail = new Uint8Array(0);
    for (;;) {
      const read = await connection.read(this.#buffer);
      if (read === null) throw new Error("The server closed the connection within an answer");
      const now = performance.now();
      let bytes = this.#buffer.subarray(0, read);
      see(bytes);
      if (firstByteAt === 0) {
        head += decoder.decode(bytes);
        const end = head.indexOf("\r\n\r\n");
        if (end < 0 || end + 4 === head.length) continue;
        if (!head.startsWith("HTTP/1.1 200")) throw new Error(`The server refused: ${head}`);
        const length = /^content-length:\s*(\d+)/im.exec(head.slice(0, end))?.[1];
        left = length === undefined ? undefined : Number(length);
        bytes = encoder.encode(head.slice(end + 4));
        firstByteAt = lastAt = now;
      }
      worstGap = Math.max(worstGap, now - lastAt);
      lastAt = now;
      if (left === undefined) {
        tail = lastBytes(tail, bytes);
        if (!endsWith(tail, LAST_CHUNK)) continue;
      } else {
        left -= bytes.length;
        if (left > 0) continue;
      }
      if (/^connection: close/im.test(head)) this.close();
      return { total: now - sentAt, firstByte: firstByteAt - sentAt, worstGap };
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}

/** The end of what was read, across reads. */
function lastBytes(before: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = LAST_CHUNK.length;
  if (bytes.length >= length) return bytes.slice(-length);
  return Uint8Array.from([...before, ...bytes].slice(-length));
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  return bytes.length === end.length && end.every((byte, position) => byte === bytes[position]);
}

function requestBytes({ port, path, prefix = "" }: Target, body: string): Uint8Array {
  const bytes = encoder.encode(body.replace('"model":"', `"model":"${prefix}`));
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    "content-type: application/json",
    "accept: application/json",
    "anthropic-version: 2023-06-01",
    "user-agent: claude-cli/2.1.330 (external, sdk-cli)",
    "x-api-key: bench",
    `content-length: ${bytes.length}`,
  ].join("\r\n");
  return new Uint8Array([...encoder.encode(`${head}\r\n\r\n`), ...bytes]);
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await connection.write(bytes.subarray(written));
  }
}
