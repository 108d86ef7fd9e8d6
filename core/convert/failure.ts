import type { Failure } from "../contract.ts";
import type { Chunk } from "../protocol/openai.ts";

/** Characters. Some quote the whole prompt, and many patterns will look for what can be learned. */
const LONGEST = 4_000;

/** Reads a refusal's body in any of the shapes in use (Q114): nested, flat, a list, a page, or nothing. */
export function readFailure(status: number, headers: Headers, text: string): Failure {
  const body = parse(text);
  const { message, code } = readError(body);
  const retryAfter = readRetryAfter(headers, text);
  return {
    status,
    headers,
    body,
    code,
    message: (message || pageTitle(text) || `HTTP ${status} without an explanation`)
      .slice(0, LONGEST),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

/** The error that a frame of a successful answer holds (Q5), or undefined. */
export function readInBandFailure(chunk: Chunk, headers: Headers): Failure | undefined {
  const choice = chunk.choices[0];
  const inside = choice?.finish_reason === "error" ? choice["error"] : undefined;
  const flat = chunk["object"] === "error" || chunk["type"] === "error" ||
    isText(chunk["code"]) && isText(chunk["message"]);
  const error = chunk.error ?? inside ?? (flat ? chunk : undefined);
  if (error === undefined || error === null || error === "") return undefined;
  const failure = readFailure(200, headers, JSON.stringify(chunk.error ? chunk : { error }));
  const status = Number(failure.code);
  return status >= 400 && status < 600 ? { ...failure, status } : failure;
}

interface ErrorText {
  readonly message: string;
  readonly code: string;
}

function readError(body: unknown): ErrorText {
  if (typeof body === "string") return { message: "", code: "" };
  if (Array.isArray(body)) return readError(body[0]);
  if (typeof body !== "object" || body === null) return { message: "", code: "" };
  const { error, message, detail, msg, code, type, status } = body as Record<string, unknown>;
  if (typeof error === "object" && error !== null) {
    const inner = readError(error);
    return inner.code === "" ? { ...inner, code: asText(code) } : inner;
  }
  const text = asText(error) || asText(message) || asText(detail) || asText(msg);
  return {
    message: readNested(text) || text || readDetails(detail),
    code: asText(code) || asText(status) || asText(type),
  };
}

/** Gateways put the provider's JSON into their own message, as text. */
function readNested(text: string): string {
  const start = text.indexOf("{");
  if (start < 0) return "";
  const inner = parse(text.slice(start, text.lastIndexOf("}") + 1));
  return typeof inner === "object" ? readError(inner).message : "";
}

/** FastAPI's list of what is wrong where. */
function readDetails(detail: unknown): string {
  if (!Array.isArray(detail)) return "";
  return detail
    .map(({ loc, msg }: { loc?: unknown[]; msg?: unknown }) =>
      `${loc?.join(".") ?? ""}: ${asText(msg)}`
    )
    .join("; ");
}

/** Seconds: from the headers, a RetryInfo, or the sentence (Q115). */
function readRetryAfter(headers: Headers, text: string): number | undefined {
  const milliseconds = Number(headers.get("retry-after-ms") ?? NaN);
  if (milliseconds >= 0) return Math.ceil(milliseconds / 1000);
  const header = headers.get("retry-after");
  if (header !== null) {
    const seconds = Number(header);
    if (seconds >= 0) return Math.ceil(seconds);
    const until = Date.parse(header) - Date.now();
    if (!Number.isNaN(until)) return Math.max(0, Math.ceil(until / 1000));
  }
  const delay = /"retryDelay":\s*"([\d.]+)s"/.exec(text)?.[1];
  return delay === undefined ? waitInWords(text) : Math.ceil(Number(delay));
}

const WAIT =
  /(?:try again|retry) (?:in|after) (?:(\d+) ?h[a-z]*\W*)?(?:(\d+) ?m(?!s)[a-z]*\W*)?(?:([\d.]+) ?(ms|s))?/i;

/** "Please try again in 1m30s". */
function waitInWords(text: string): number | undefined {
  const [, hours, minutes, rest, unit] = WAIT.exec(text) ?? [];
  if ([hours, minutes, rest].every((part) => part === undefined)) return undefined;
  const seconds = Number(rest ?? 0) / (unit?.toLowerCase() === "ms" ? 1000 : 1);
  return Math.ceil(Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + seconds);
}

function pageTitle(text: string): string {
  const title = /<title>([^<]{1,200})/i.exec(text)?.[1]?.trim();
  if (title) return `a web page instead of an answer: "${title}"`;
  return text.trimStart().startsWith("<")
    ? "a web page instead of an answer"
    : text.trim().slice(0, 500);
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function isText(value: unknown): boolean {
  return asText(value) !== "";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
