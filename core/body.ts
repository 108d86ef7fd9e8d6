import { ApiError } from "./errors.ts";
import { collectGarbage, LARGE } from "./memory.ts";

/** Bytes; the client's own limit is 32 MB. */
const BODY_LIMIT = 64 * 1024 * 1024;

/** Deno reads a body into several copies, of which each is as large as the body. */
const COPIED = 1024 * 1024;

const DEEPEST = 500;

const READ_SIZE = 256 * 1024;

/** The JSON of a request's body. Throws ApiError 413 for one too large, without reading it whole, and 400 for no JSON. */
export async function readJson(request: Request): Promise<unknown> {
  const declared = Number(request.headers.get("content-length") ?? NaN);
  if (declared > BODY_LIMIT) throw tooLarge();
  const text = await readText(request, declared);
  const value = parse(text);
  checkDepth(value, DEEPEST);
  if (text.length >= LARGE) queueMicrotask(collectGarbage);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    // Where V8 quotes the body, a prompt would come into the log.
    const [fault] = (thrown as Error).message.split(/, (?:\.{3})?"/);
    throw new ApiError(400, `The body is not JSON: ${fault}`);
  }
}

/** Beyond this a walk through the value could overflow the stack; what people nest is a tenth as deep. */
function checkDepth(value: unknown, left: number): void {
  if (typeof value !== "object" || value === null) return;
  if (left === 0) {
    throw new ApiError(400, `The body is nested more than ${DEEPEST} levels deep`);
  }
  // 2 us for a fresh 50 KB; `for in` over the lists too takes 14.
  if (Array.isArray(value)) {
    for (const item of value) checkDepth(item, left - 1);
    return;
  }
  for (const key in value) {
    const inner = (value as Record<string, unknown>)[key];
    if (typeof inner === "object") checkDepth(inner, left - 1);
  }
}

async function readText(request: Request, declared: number): Promise<string> {
  try {
    if (declared < COPIED) return await request.text();
    return declared > 0 ? await readKnown(request, declared) : await readUnknown(request);
  } catch (thrown) {
    if (thrown instanceof ApiError) throw thrown;
    throw new ApiError(400, "The body ended before it was complete", { cause: thrown });
  }
}

/** A large body: into one buffer, which is given back as soon as its text is known. */
async function readKnown(request: Request, length: number): Promise<string> {
  const reader = request.body!.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(length);
  let filled = 0;
  while (filled < length) {
    const room = Math.min(READ_SIZE, length - filled);
    const { value, done } = await reader.read(new Uint8Array(buffer, filled, room));
    if (done || value === undefined) throw new Error("the body is shorter than its length");
    buffer = value.buffer;
    filled += value.byteLength;
  }
  const text = new TextDecoder().decode(buffer);
  buffer.transfer(0);
  return text;
}

/** A body that does not say how long it is. */
async function readUnknown(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let length = 0;
  let text = "";
  for await (const bytes of request.body ?? []) {
    length += bytes.byteLength;
    if (length > BODY_LIMIT) throw tooLarge();
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}

function tooLarge(): ApiError {
  return new ApiError(413, `The body is larger than ${BODY_LIMIT / 1024 / 1024} MiB`);
}
