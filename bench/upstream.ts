/**
 * The fake upstream, in a process of its own: raw TCP and answers prepared beforehand, so that it costs a fraction of
 * what is measured. The model that is asked for says what it answers (see loads.ts). Prints its port.
 */
import { answerOf, isPaced, pacedDelta, pacedHead } from "./answers.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Where the body's model is looked for: all send it first. */
const HEAD_LENGTH = 4096;

const PACE_MS = 50;

let connections = 0;
const prepared = new Map<string, Uint8Array>();

const listener = Deno.listen({ hostname: "127.0.0.1", port: Number(Deno.args[0] ?? 0) });
console.log(listener.addr.port);
for await (const connection of listener) {
  connections++;
  connection.setNoDelay(true);
  serve(connection).catch(() => {}).finally(() => connection.close());
}

async function serve(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(512 * 1024);
  let filled = 0;
  for (;;) {
    const head = () => decoder.decode(buffer.subarray(0, Math.min(filled, HEAD_LENGTH)));
    while (!head().includes("\r\n\r\n")) {
      const read = await connection.read(buffer.subarray(filled));
      if (read === null) return;
      filled += read;
    }
    const headers = head().split("\r\n\r\n", 1)[0]!;
    if (headers.startsWith("GET")) {
      filled = 0;
      await writeAll(connection, plain(String(connections)));
      continue;
    }
    filled = await readBody(connection, { buffer, filled, headers });
    const model = /"model":\s*"([^"]+)"/.exec(head())?.[1] ?? "whole";
    filled = 0;
    if (isPaced(model)) return await pace(connection);
    let answer = prepared.get(model);
    if (answer === undefined) prepared.set(model, answer = answerOf(model));
    await writeAll(connection, answer);
  }
}

/** Reads to the end of the body, which must fit the buffer; the number of bytes of the whole request. */
async function readBody(
  connection: Deno.TcpConn,
  { buffer, filled, headers }: { buffer: Uint8Array; filled: number; headers: string },
): Promise<number> {
  const length = /^content-length:\s*(\d+)/im.exec(headers)?.[1];
  const end = headers.length + 4 + Number(length ?? 0);
  const tail = () => decoder.decode(buffer.subarray(Math.max(filled - 7, 0), filled));
  while (length === undefined ? !tail().endsWith("\r\n0\r\n\r\n") : filled < end) {
    const read = await connection.read(buffer.subarray(filled));
    if (read === null) throw new Error("The request ended too soon");
    filled += read;
  }
  return filled;
}

/** A delta every 50 ms until the client leaves. */
async function pace(connection: Deno.TcpConn): Promise<void> {
  await writeAll(connection, pacedHead());
  const delta = pacedDelta();
  for (;;) {
    await writeAll(connection, delta);
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
}

function plain(text: string): Uint8Array {
  return encoder.encode(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await connection.write(bytes.subarray(written));
  }
}
