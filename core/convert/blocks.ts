import type { Citation, ContentBlock, Delta, Event } from "../protocol/anthropic.ts";
import { tokensOf } from "./estimate.ts";
import type { ThinkingState } from "./state.ts";

type Kind = "text" | "thinking" | "tool_use";

export interface BlockOptions {
  emit(event: Event): void;
  /** The signature of a thinking block, with what the provider needs back. */
  signature(state: Pick<ThinkingState, "carry" | "text">): string;
  /** The client asked for thinking without its text: the text then rides in the signature. */
  readonly hideThinking: boolean;
}

/**
 * Writes content blocks as the client needs them: one open at a time, indexes of our own from 0 without gaps, each
 * block start -> deltas -> stop, and none that stays empty (A2, A7, section 5).
 */
export class BlockWriter {
  readonly #options: BlockOptions;
  #index = -1;
  #open: Kind | undefined;
  /** White space at the start of a text: it becomes a block only if text follows (Q14). */
  #space = "";
  #carry: unknown[] = [];
  #hidden = "";
  #citations: Citation[] = [];
  readonly #cited = new Set<string>();
  /** Characters of thinking, text and arguments, for the estimate where usage is missing. */
  written = 0;
  wroteText = false;

  constructor(options: BlockOptions) {
    this.#options = options;
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
      if (text.trim() === "") {
        this.#space += text;
        return;
      }
      text = this.wroteText ? this.#space + text : text.trimStart();
      this.#space = "";
      this.#start("text", { type: "text", text: "" });
    }
    this.wroteText = true;
    this.#delta({ type: "text_delta", text }, text.length);
  }

  thinking(thinking: string): void {
    if (thinking === "") return;
    this.#openThinking();
    if (!this.#options.hideThinking) {
      this.#delta({ type: "thinking_delta", thinking }, thinking.length);
      return;
    }
    this.#hidden += thinking;
    this.#hiddenDelta(tokensOf(thinking.length), thinking.length);
  }

  /** Something the provider needs back with this message: it rides in a thinking block's signature. */
  carry(value: unknown): void {
    this.#openThinking();
    this.#carry.push(value);
  }

  /** The pages of a search, each once; they come at the end of the text. */
  cite(citations: readonly Citation[]): void {
    for (const citation of citations) {
      if (this.#cited.has(citation.url)) continue;
      this.#cited.add(citation.url);
      this.#citations.push(citation);
    }
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
      this.#delta({ type: "signature_delta", signature: this.#sign() }, 0);
    }
    if (this.#open === "text") {
      for (const citation of this.#citations) this.#delta({ type: "citations_delta", citation }, 0);
      this.#citations = [];
    }
    this.#open = undefined;
    this.#options.emit({ type: "content_block_stop", index: this.#index });
  }

  /** An empty delta in an open thinking block: it outlives the 600 s for which pings are enough (section 4.5). */
  beat(): void {
    this.#openThinking();
    this.#hiddenDelta(10, 0);
  }

  #hiddenDelta(estimated_tokens: number, length: number): void {
    this.#delta({ type: "thinking_delta", thinking: "", estimated_tokens }, length);
  }

  #sign(): string {
    const state = {
      ...(this.#carry.length > 0 ? { carry: this.#carry } : {}),
      ...(this.#hidden === "" ? {} : { text: this.#hidden }),
    };
    this.#carry = [];
    this.#hidden = "";
    return this.#options.signature(state);
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
    this.#options.emit({ type: "content_block_start", index: this.#index, content_block: block });
  }

  #delta(delta: Delta, length: number): void {
    this.written += length;
    this.#options.emit({ type: "content_block_delta", index: this.#index, delta });
  }
}
