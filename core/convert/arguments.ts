import { jsonrepair } from "jsonrepair";
import { isJson, isObject } from "../stream/json.ts";
import { ObjectScanner } from "./scanner.ts";

/** From this length on, a fragment that begins with all that came before repeats it (Q11, Q82). */
const CUMULATIVE_FROM = 16;

/**
 * The arguments of one tool call as they stream in. What is surely right is handed on at once; from the first character
 * that is not JSON on, the rest waits for the end and is repaired there. So whole fragments, split ones, repeated ones,
 * objects, double-encoded strings and fenced ones all give the same text.
 */
export class ArgumentStream {
  /** Like `#valid` only added to while deltas come: to read a string that grows means to copy all of it each time. */
  #raw = "";
  /** The part of `#raw` that is valid JSON, and how much of `#raw` that is. */
  #valid = "";
  #scanned = 0;
  /** The end of `#valid` that is not sent. */
  #pending = "";
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
    const text = this.#increment(asText(fragment));
    this.#raw += text;
    this.#scan(text);
    return this.#release();
  }

  /**
   * The rest, when nothing more comes. `truncated`: the model was cut off, so what is missing must not be made up.
   * Where even repair finds no object the text goes out as it is, and the client tells the model.
   */
  end(truncated: boolean): string {
    if (this.#scanner.done) return this.#pending;
    const raw = this.#raw.trim();
    if (raw === "" || raw === "null") return truncated ? "" : "{}";
    const sent = this.#valid.slice(0, this.#valid.length - this.#pending.length);
    for (const whole of truncated ? [] : [this.#closed(), repairObject(this.#raw)]) {
      if (whole?.startsWith(sent)) return whole.slice(sent.length);
    }
    if (sent === "") return this.#raw;
    return this.#pending + this.#raw.slice(this.#scanned);
  }

  /** All that is known, where nothing but its end is missing. */
  #closed(): string | undefined {
    if (this.#scanner.bad) return undefined;
    const whole = this.#valid + this.#scanner.closing;
    return isJson(whole) ? whole : undefined;
  }

  /** `text`: the end of `#raw`, of which all before was scanned. */
  #scan(text: string): void {
    if (this.#scanner.bad) return;
    const { valid, length } = this.#scanner.feed(text);
    this.#valid += valid;
    this.#pending += valid;
    this.#scanned += length;
    if (this.#scanner.done && !this.#scanner.hasKey) this.#restart();
  }

  /** `{}` was a placeholder: the real arguments follow it. */
  #restart(): void {
    const at = this.#raw.indexOf("{", this.#scanned);
    if (at < 0) return;
    this.#raw = this.#raw.slice(at);
    this.#valid = "";
    this.#pending = "";
    this.#scanned = 0;
    this.#scanner = new ObjectScanner();
    this.#scan(this.#raw);
  }

  /**
   * Nothing is sent before the first key, because of the placeholder. What repair could change waits for what follows:
   * a comma that may be one too many, half an escape, half a number, white space.
   */
  #release(): string {
    if (!this.#scanner.hasKey) return "";
    const text = this.#scanner.done ? this.#pending : sure(this.#pending, this.#scanner.inLiteral);
    this.#pending = this.#pending.slice(text.length);
    return text;
  }

  #increment(text: string): string {
    const known = this.#raw;
    const repeats = known.length >= CUMULATIVE_FROM && text.length >= known.length &&
      text.startsWith(known);
    return repeats ? text.slice(known.length) : text;
  }
}

/** Characters that wait at most: some models write white space, or zeros, without end. */
const LONGEST_WAIT = 1_000;

/** Less the end that more text, or repair, could still change. */
function sure(text: string, endsInLiteral: boolean): string {
  let end = text.length;
  while (endsInLiteral && end > 0 && /[-+.\w]/.test(text.charAt(end - 1))) end--;
  end -= /\\(?:u[0-9a-f]{0,3})?$/i.exec(text.slice(Math.max(0, end - 6), end))?.[0].length ?? 0;
  while (end > 0 && /[\s,]/.test(text.charAt(end - 1))) end--;
  return text.length - end > LONGEST_WAIT ? text : text.slice(0, end);
}

function asText(fragment: unknown): string {
  return typeof fragment === "string" ? fragment : JSON.stringify(fragment);
}

/** The JSON text of the object that a model meant, or undefined if it cannot be told. */
export function repairObject(raw: string): string | undefined {
  const text = raw.replace(/^\s*```[a-z]*\s*/i, "").replace(/```\s*$/, "").trimEnd();
  return asObject(text, (value) => value) ?? asObject(text, jsonrepair);
}

function asObject(text: string, mend: (text: string) => string): string | undefined {
  try {
    const mended = mend(text);
    const value: unknown = JSON.parse(mended);
    if (typeof value === "string") return value === text ? undefined : repairObject(value);
    return isObject(value) ? mended : undefined;
  } catch {
    return undefined;
  }
}
