import type { ContentBlock, Delta, Event } from "../protocol/anthropic.ts";

type Kind = "text" | "thinking" | "tool_use";

/**
 * Writes content blocks as the client needs them: one open at a time, indexes of our own from 0 without gaps, each
 * block start -> deltas -> stop, and none that stays empty (A2, A7, section 5).
 */
export class BlockWriter {
  readonly #emit: (event: Event) => void;
  readonly #signature: (carry: readonly unknown[]) => string;
  #index = -1;
  #open: Kind | undefined;
  /** White space at the start of a text: it becomes a block only if text follows (Q14). */
  #space = "";
  #carry: unknown[] = [];
  /** Characters of thinking, text and arguments, for the estimate where usage is missing. */
  written = 0;
  wroteText = false;

  constructor(emit: (event: Event) => void, signature: (carry: readonly unknown[]) => string) {
    this.#emit = emit;
    this.#signature = signature;
  }

  /** Blocks begun so far. */
  get count(): number {
    return this.#index + 1;
  }

  get openKind(): Kind | undefined {
    return this.#open;
  }

  text(text: string): void {
    if (text === "") return;
    if (this.#open !== "text") {
      this.#space += text;
      if (this.#space.trim() === "") return;
      text = this.wroteText ? this.#space : this.#space.trimStart();
      this.#space = "";
      this.#start("text", { type: "text", text: "" });
    }
    this.wroteText = true;
    this.#delta({ type: "text_delta", text }, text.length);
  }

  thinking(thinking: string): void {
    if (thinking === "") return;
    this.#openThinking();
    this.#delta({ type: "thinking_delta", thinking }, thinking.length);
  }

  /** Something the provider needs back with this message: it rides in a thinking block's signature. */
  carry(value: unknown): void {
    this.#openThinking();
    this.#carry.push(value);
  }

  startTool(id: string, name: string): void {
    this.#space = "";
    this.#start("tool_use", { type: "tool_use", id, name, input: {} });
  }

  toolInput(json: string): void {
    if (json !== "") this.#delta({ type: "input_json_delta", partial_json: json }, json.length);
  }

  close(): void {
    if (this.#open === undefined) return;
    if (this.#open === "thinking") {
      this.#delta({ type: "signature_delta", signature: this.#signature(this.#carry) }, 0);
      this.#carry = [];
    }
    this.#open = undefined;
    this.#emit({ type: "content_block_stop", index: this.#index });
  }

  /** An empty delta in an open thinking block: it outlives the 600 s for which pings are enough (section 4.5). */
  beat(): void {
    this.#openThinking();
    const delta: Delta = { type: "thinking_delta", thinking: "", estimated_tokens: 10 };
    this.#delta(delta, 0);
  }

  #openThinking(): void {
    if (this.#open !== "thinking") {
      this.#start("thinking", { type: "thinking", thinking: "", signature: "" });
    }
  }

  #start(kind: Kind, block: ContentBlock): void {
    this.close();
    this.#open = kind;
    this.#index++;
    this.#emit({ type: "content_block_start", index: this.#index, content_block: block });
  }

  #delta(delta: Delta, length: number): void {
    this.written += length;
    this.#emit({ type: "content_block_delta", index: this.#index, delta });
  }
}
