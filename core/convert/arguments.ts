import { jsonrepair } from "jsonrepair";
import { ObjectScanner } from "./scanner.ts";

/** From this length on, a fragment that begins with all that came before repeats it (Q11, Q82). */
const CUMULATIVE_FROM = 16;

/**
 * The arguments of one tool call as they stream in. What is surely right is handed on at once; from the first character
 * that is not JSON on, the rest waits for the end and is repaired there. So whole fragments, split ones, repeated ones,
 * objects, double-encoded strings and fenced ones all give the same text.
 */
export class ArgumentStream {
  #raw = "";
  /** The part of `#raw` that is valid JSON, and how much of `#raw` that is. */
  #valid = "";
  #scanned = 0;
  #sent = 0;
  #scanner = new ObjectScanner();

  /** A complete, non-empty object has been read: nothing that follows belongs to it. */
  get complete(): boolean {
    return this.#scanner.done && this.#scanner.hasKey;
  }

  /** The fragment says once more all that is known. */
  repeats(fragment: unknown): boolean {
    return asText(fragment) === this.#raw;
  }

  /** Takes a fragment in any shape (Q82) and returns the text that can be sent now. */
  push(fragment: unknown): string {
    if (fragment === null || fragment === undefined || this.complete) return "";
    this.#raw += this.#increment(asText(fragment));
    this.#scan();
    return this.#release();
  }

  /**
   * The rest, when nothing more comes. `truncated`: the model was cut off, so what is missing must not be made up.
   * Where even repair finds no object the text goes out as it is, and the client tells the model.
   */
  end(truncated: boolean): string {
    if (this.#scanner.done) return this.#valid.slice(this.#sent);
    const raw = this.#raw.trim();
    if (raw === "" || raw === "null") return truncated ? "" : "{}";
    const sent = this.#valid.slice(0, this.#sent);
    const repaired = truncated ? undefined : repairObject(this.#raw);
    if (repaired?.startsWith(sent)) return repaired.slice(sent.length);
    return this.#raw.slice(this.#sent === 0 ? 0 : this.#scanned);
  }

  #scan(): void {
    if (this.#scanner.bad) return;
    const { valid, length } = this.#scanner.feed(this.#raw.slice(this.#scanned));
    this.#valid += valid;
    this.#scanned += length;
    const next = this.#raw.indexOf("{", this.#scanned);
    if (this.#scanner.done && !this.#scanner.hasKey && next >= 0) this.#restart(next);
  }

  /** `{}` was a placeholder: the real arguments follow it. */
  #restart(at: number): void {
    this.#raw = this.#raw.slice(at);
    this.#valid = "";
    this.#scanned = 0;
    this.#scanner = new ObjectScanner();
    this.#scan();
  }

  /** Nothing is sent before the first key, because of the placeholder. */
  #release(): string {
    if (!this.#scanner.hasKey) return "";
    const text = this.#valid.slice(this.#sent);
    this.#sent = this.#valid.length;
    return text;
  }

  #increment(text: string): string {
    const known = this.#raw;
    const repeats = known.length >= CUMULATIVE_FROM && text.length >= known.length &&
      text.startsWith(known);
    return repeats ? text.slice(known.length) : text;
  }
}

function asText(fragment: unknown): string {
  return typeof fragment === "string" ? fragment : JSON.stringify(fragment);
}

/** The JSON text of the object that a model meant, or undefined if it cannot be told. */
export function repairObject(raw: string): string | undefined {
  const text = raw.replace(/^\s*```[a-z]*\s*/i, "").replace(/\s*```\s*$/, "");
  return asObject(text, (value) => value) ?? asObject(text, jsonrepair);
}

function asObject(text: string, mend: (text: string) => string): string | undefined {
  try {
    const mended = mend(text);
    const value: unknown = JSON.parse(mended);
    if (typeof value === "string") return value === text ? undefined : repairObject(value);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? mended
      : undefined;
  } catch {
    return undefined;
  }
}
