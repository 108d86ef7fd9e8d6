/** The body as it is sent. */
import type { OpenAI } from "./contract.ts";
import { collectGarbage, LARGE } from "./memory.ts";

export interface Payload {
  /** JSON; a Blob where it is so large that a string would be copied too often on its way. */
  readonly data: string | Blob;
  /** Characters, or bytes of a Blob. */
  readonly size: number;
}

/** Characters that are written at a time. */
const PIECE = 1024 * 1024;

/**
 * What an adapter left in `carry` is for ourselves, and is not sent. Few bodies have any, and without a replacer 50 KB take
 * 11 us instead of 52. `wired`: the body as the adapter's `wire` hook made it.
 */
export function toPayload(body: OpenAI.Request, wired: object = body): Payload {
  if (weigh(body.messages) < LARGE) {
    const data = wired === body && body.messages.some(carries)
      ? JSON.stringify(body, withoutCarry)
      : JSON.stringify(wired);
    return { data, size: data.length };
  }
  const data = new Blob(blobsOf(wired), { type: "application/json" });
  collectGarbage();
  return { data, size: data.size };
}

function carries(message: OpenAI.Message): boolean {
  if (message.role !== "assistant") return false;
  return message.carry !== undefined ||
    (message.tool_calls ?? []).some(({ carry }) => carry !== undefined);
}

function withoutCarry(key: string, value: unknown): unknown {
  return key === "carry" ? undefined : value;
}

/** A Blob each, because a Blob keeps its bytes outside of V8, and its string can be forgotten. */
function blobsOf(body: object): Blob[] {
  const blobs: Blob[] = [];
  let text = "";
  for (const piece of piecesOf(body)) {
    text += piece;
    if (text.length < PIECE) continue;
    blobs.push(new Blob([text]));
    text = "";
  }
  return [...blobs, new Blob([text])];
}

/** The same as JSON.stringify, in pieces. */
function* piecesOf(value: unknown): Generator<string> {
  if (typeof value === "string" && value.length > PIECE) {
    yield '"';
    for (let at = 0; at < value.length;) {
      const end = endOfPiece(value, at);
      yield JSON.stringify(value.slice(at, end)).slice(1, -1);
      at = end;
    }
    yield '"';
  } else if (weigh(value) <= PIECE) {
    yield JSON.stringify(value, withoutCarry) ?? "null";
  } else if (Array.isArray(value)) {
    for (const [position, item] of value.entries()) {
      yield position === 0 ? "[" : ",";
      yield* piecesOf(item);
    }
    yield "]";
  } else {
    const fields = Object.entries(value as object).filter(([key, inner]) =>
      inner !== undefined && key !== "carry"
    );
    for (const [position, [key, inner]] of fields.entries()) {
      yield `${position === 0 ? "{" : ","}${JSON.stringify(key)}:`;
      yield* piecesOf(inner);
    }
    yield "}";
  }
}

/** Two halves of a character stay together. */
function endOfPiece(text: string, start: number): number {
  const end = start + PIECE;
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last < 0xdc00 ? end + 1 : end;
}

/** Characters in all strings of a value. */
function weigh(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  let sum = 0;
  for (const inner of Object.values(value)) sum += weigh(inner);
  return sum;
}
