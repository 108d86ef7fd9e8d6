import { ApiError } from "../errors.ts";
import type { Event, MessageDelta, Usage } from "../protocol/anthropic.ts";
import type * as OpenAI from "../protocol/openai.ts";
import { BlockWriter } from "./blocks.ts";
import { CallAssembler } from "./calls.ts";
import { textOf } from "./content.ts";
import { tokensOf } from "./estimate.ts";
import type { ToolNames } from "./names.ts";
import { isFault, isFiltered, toStopReason } from "./reasons.ts";
import { citationsOf } from "./search.ts";
import { encodeCallId, encodeSignature } from "./state.ts";
import { mergeUsage, promptTokens, toUsage } from "./usage.ts";

/** What the conversion of an answer must know of its question. */
export interface AnswerContext {
  /** The model the client asked for; the answer names it. */
  readonly model: string;
  /** The adapter's name, kept in signatures and ids. */
  readonly provider: string;
  readonly names: ToolNames;
  /** Ids of the tool calls in the history, which may not come again. */
  readonly takenIds: ReadonlySet<string>;
  /** The client wants thinking without its text (`display: "omitted"`). */
  readonly hideThinking: boolean;
  /** The sequences at which the model was told to stop. */
  readonly stopSequences: readonly string[];
  /** Estimate of the prompt's tokens: stands in `message_start`, and at the end if usage never comes. */
  readonly inputTokens: number;
  /** The request is a web search: the pages that the answer names are wanted. */
  readonly cites?: boolean;
}

/** Silence, in beats of idle(), after which a thinking block is opened to keep the stream alive (section 4.5). */
const BEATS_BEFORE_THINKING = 6;

/**
 * Turns an answer's chunks into Anthropic's events. `message_start` waits for the first content or the end, so that a
 * fault before it can still become an HTTP status. `close` needs to be told how the chunks ended.
 */
export class EventWriter {
  readonly #context: AnswerContext;
  readonly #blocks: BlockWriter;
  readonly #calls: CallAssembler;
  #out: Event[] = [];
  #started = false;
  #finishReason = "";
  #stopSequence: string | undefined;
  #usage: OpenAI.Usage | undefined;
  /** What came while a tool call was unfinished, to be written after it. */
  #late: (() => void)[] = [];
  #callCount = 0;
  #silentBeats = 0;
  #closed = false;

  constructor(context: AnswerContext) {
    this.#context = context;
    const { provider, names } = context;
    const taken = new Set(context.takenIds);
    this.#blocks = new BlockWriter({
      emit: (event) => this.#emit(event),
      signature: (state) => encodeSignature({ provider, ...state }),
      hideThinking: context.hideThinking,
    });
    this.#calls = new CallAssembler(this.#blocks, {
      name: (upstreamName) => names.toClient(upstreamName),
      id: (upstreamId, carry) => {
        this.#callCount++;
        const id = encodeCallId({ provider, id: upstreamId, carry }, taken);
        taken.add(id);
        return id;
      },
    });
  }

  /** The provider has said why it ended, and a close is still to come: what is missing after this is politeness. */
  get finished(): boolean {
    return this.#finishReason !== "" && !this.#closed;
  }

  /** The events that one chunk makes, possibly none. Throws ApiError where it says that the provider broke off. */
  write(chunk: OpenAI.Chunk): Event[] {
    this.#silentBeats = 0;
    if (chunk.usage) this.#usage = mergeUsage(this.#usage, chunk.usage);
    if (this.#context.cites) this.#blocks.cite(citationsOf(chunk));
    const choice = chunk.choices[0];
    if (choice !== undefined) this.#choice(choice);
    return this.#take();
  }

  /**
   * The last events. `complete`: the answer ended as it should ([DONE], or a whole answer). Otherwise the bytes just
   * stopped, and without a finish reason that is an error, not an end (Q4).
   */
  close(complete: boolean): Event[] {
    const answered = this.#blocks.count > 0 || this.#calls.busy;
    if (!this.finished && !(complete && answered)) {
      throw new ApiError(502, "The provider's answer broke off before it was finished", {
        type: "api_error",
      });
    }
    this.#closed = true;
    const filtered = isFiltered(this.#finishReason);
    const truncated = filtered || toStopReason(this.#finishReason, false) === "max_tokens";
    this.#calls.end(truncated);
    this.#writeLate();
    // For `refusal` the client would ask once more, then cite Anthropic's policy; what came is kept (section 5.2).
    if (filtered && !this.#blocks.wroteText && this.#callCount === 0) {
      throw new ApiError(
        400,
        `Output blocked by content filtering policy. The provider ended its answer with "${this.#finishReason}"`,
      );
    }
    this.#blocks.close();
    const delta: MessageDelta = this.#stopSequence === undefined
      ? { stop_reason: toStopReason(this.#finishReason, this.#callCount > 0), stop_sequence: null }
      : { stop_reason: "stop_sequence", stop_sequence: this.#stopSequence };
    this.#emit({ type: "message_delta", delta, usage: this.#finalUsage() });
    this.#emit({ type: "message_stop" });
    return this.#take();
  }

  /**
   * Closes a tool call that was complete when the stream broke: the client runs it and goes on (section 4.4). Any
   * other open block stays open, so that the client asks again instead of keeping half of it.
   */
  abandon(): Event[] {
    this.#calls.settle();
    return this.#take();
  }

  /** What shows the client that the model is still at work: empty thinking where no other block is open. */
  idle(): Event[] {
    if (this.#closed) return [{ type: "ping" }];
    const quiet = this.#blocks.openKind === undefined && !this.#calls.busy;
    this.#silentBeats++;
    const thinks = this.#blocks.openKind === "thinking" ||
      quiet && this.#silentBeats > BEATS_BEFORE_THINKING;
    if (!thinks) return [{ type: "ping" }];
    this.#blocks.beat();
    return this.#take();
  }

  #choice(choice: OpenAI.Choice): void {
    const { delta, finish_reason } = choice;
    this.#content("thinking", reasoningOf(delta));
    const { carry } = delta;
    if (carry !== undefined) this.#now(() => this.#blocks.carry(carry));
    this.#content("text", textOf(delta.content));
    this.#content("text", delta.refusal ?? "");
    for (const call of delta.tool_calls ?? []) this.#calls.push(call);
    if (delta.function_call) this.#calls.push({ index: 0, function: delta.function_call });
    if (!finish_reason) return;
    if (isFault(finish_reason)) {
      throw new ApiError(529, `The provider ended its answer with the fault "${finish_reason}"`);
    }
    this.#finishReason = finish_reason;
    // Most say only "stop"; vLLM and SGLang name the sequence (Q111).
    this.#stopSequence ??= this.#context.stopSequences.find((sequence) =>
      sequence === choice["stop_reason"] || sequence === choice["matched_stop"]
    );
  }

  #content(kind: "text" | "thinking", text: string): void {
    if (text !== "") this.#now(() => this.#blocks[kind](text));
  }

  /** Blocks may not overlap: while a call is being written, the rest waits, and keeps its order. */
  #now(write: () => void): void {
    if (!this.#calls.settle()) {
      this.#late.push(write);
      return;
    }
    if (this.#late.length > 0) this.#writeLate();
    write();
  }

  #writeLate(): void {
    for (const write of this.#late) write();
    this.#late = [];
  }

  #emit(event: Event): void {
    if (!this.#started) {
      this.#started = true;
      this.#out.push(this.#messageStart());
    }
    this.#out.push(event);
  }

  #messageStart(): Event {
    return {
      type: "message_start",
      message: {
        id: `msg_${crypto.randomUUID().replaceAll("-", "")}`,
        type: "message",
        role: "assistant",
        model: this.#context.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: {
          input_tokens: this.#context.inputTokens,
          output_tokens: 0,
          cache_read_input_tokens: 0,
          cache_creation_input_tokens: 0,
        },
      },
    };
  }

  /** The client compacts by these numbers, so a provider that gives none gets an estimate, never zeros (Q110). */
  #finalUsage(): Usage {
    const usage = toUsage(this.#usage ?? {});
    return {
      ...usage,
      input_tokens: promptTokens(usage) > 0 ? usage.input_tokens : this.#context.inputTokens,
      output_tokens: usage.output_tokens || tokensOf(this.#blocks.written),
    };
  }

  #take(): Event[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }
}

/** A chunk's thinking, whatever the field is called; some send it twice, under two names (Q12, Q20). */
function reasoningOf(delta: OpenAI.MessageDelta): string {
  return textOf(delta.reasoning_content) || textOf(delta.reasoning) ||
    textOf(delta["reasoning_text"]);
}
