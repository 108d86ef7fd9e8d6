/** The upstream's bytes as Anthropic's events: read, cut into frames, mended by the adapter, converted; in one pull. */
import type { Failure } from "./contract.ts";
import { speaks, toChunk } from "./convert/chunk.ts";
import type { EventWriter } from "./convert/events.ts";
import { readFailure, readInBandFailure } from "./convert/failure.ts";
import { ApiError } from "./errors.ts";
import type { Journal } from "./journal.ts";
import type { Event } from "./protocol/anthropic.ts";
import type { Chunk } from "./protocol/openai.ts";
import type { Stage } from "./stream/drive.ts";
import type { EventSource } from "./stream/flow.ts";
import { isJson } from "./stream/json.ts";
import { settlesWithin } from "./stream/settle.ts";
import type { FrameReader } from "./stream/sse.ts";
import type { Watch } from "./stream/watch.ts";

/** How long the end of the connection is waited for after the last frame, so that it can be used again. */
const CLOSE_MS = 1_000;

/** How long what may follow the finish reason is waited for: usage, [DONE], the end of the connection. */
const FINISH_MS = 10_000;

export interface AnswerOptions {
  readonly writer: EventWriter;
  /** The adapter's stage for this answer, if it has one. */
  readonly stage: Stage<Chunk, Chunk> | undefined;
  readonly headers: Headers;
  /** An error in a frame, as the error to throw. */
  refuse(failure: Failure): ApiError;
}

/** Turns JSON values of the upstream into events. */
export class ChunkConverter {
  readonly #options: AnswerOptions;
  #spoken = false;

  constructor(options: AnswerOptions) {
    this.#options = options;
  }

  /** A promise only where the adapter's stage gave one: waiting for none costs 0.3 us a delta. */
  write(value: unknown, out: Event[]): void | Promise<void> {
    const chunk = toChunk(value, this.#spoken);
    this.#spoken ||= speaks(chunk);
    const { stage } = this.#options;
    if (stage === undefined) return this.#convert(chunk, out);
    const mended: Chunk[] = [];
    const pending = stage.write(chunk, mended);
    if (pending !== undefined) return pending.then(() => this.#convertAll(mended, out));
    this.#convertAll(mended, out);
  }

  /** See EventWriter.close. */
  async close(complete: boolean, out: Event[]): Promise<void> {
    const mended: Chunk[] = [];
    await this.#options.stage?.close(mended);
    this.#convertAll(mended, out);
    for (const event of this.#options.writer.close(complete)) out.push(event);
  }

  #convertAll(chunks: readonly Chunk[], out: Event[]): void {
    for (const chunk of chunks) this.#convert(chunk, out);
  }

  #convert(chunk: Chunk, out: Event[]): void {
    const failure = readInBandFailure(chunk, this.#options.headers);
    if (failure !== undefined) throw this.#options.refuse(failure);
    for (const event of this.#options.writer.write(chunk)) out.push(event);
  }
}

export interface StreamOptions extends AnswerOptions {
  readonly frames: FrameReader;
  readonly watch: Watch;
  /** A fault of the connection, as the error to throw. */
  fault(thrown: unknown): ApiError;
  readonly journal?: Journal | undefined;
}

/** A streamed answer. */
export class AnswerStream implements EventSource {
  readonly #options: StreamOptions;
  readonly #converter: ChunkConverter;
  #state: "open" | "closing" | "closed" = "open";
  #broken: unknown;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#converter = new ChunkConverter(options);
  }

  async pull(): Promise<readonly Event[] | undefined> {
    if (this.#broken !== undefined) throw this.#end(this.#broken);
    if (this.#state !== "open") {
      await this.#drain();
      return undefined;
    }
    const out: Event[] = [];
    const { journal, watch, writer } = this.#options;
    let resumedAt: number | undefined;
    try {
      const frames = await this.#next();
      resumedAt = performance.now();
      const done = await this.#read(frames ?? this.#rest(), out);
      if (done || frames === undefined) {
        await this.#converter.close(done, out);
        this.#state = frames === undefined ? "closed" : "closing";
        watch.stop();
      } else if (writer.finished) {
        watch.hasten(FINISH_MS);
      }
    } catch (thrown) {
      await this.#fail(thrown, out);
    }
    if (journal !== undefined && resumedAt !== undefined) {
      journal.overhead += performance.now() - resumedAt;
    }
    return out;
  }

  /** Only while bytes are waited for: else the writer is ahead of what has been sent, and a delta could overtake its block. */
  idle(): readonly Event[] {
    const { watch, writer } = this.#options;
    return watch.waiting ? writer.idle() : [{ type: "ping" }];
  }

  cancel(reason: unknown): void {
    this.#end(undefined);
    this.#options.frames.cancel(reason).catch(() => {});
  }

  async #next(): Promise<string[] | undefined> {
    const { frames, fault, watch } = this.#options;
    watch.waits();
    try {
      const next = await frames.next();
      if (next === undefined) watch.assertWhole();
      return next;
    } catch (thrown) {
      throw fault(thrown);
    } finally {
      watch.arrived();
    }
  }

  /** A last frame that was cut off says only that the answer broke off. */
  #rest(): string[] {
    return this.#options.frames.rest().filter((frame) =>
      frame === "[DONE]" || !/^[{[]/.test(frame) || isJson(frame)
    );
  }

  /** True once the answer's end is among the frames. */
  async #read(frames: readonly string[], out: Event[]): Promise<boolean> {
    const trace = this.#options.journal?.trace;
    for (const frame of frames) {
      trace?.frame(frame);
      if (frame === "[DONE]") return true;
      if (frame.trim() === "") continue;
      const pending = this.#converter.write(parseFrame(frame), out);
      if (pending !== undefined) await pending;
    }
    return false;
  }

  /** A fault after the finish reason costs nothing; before it, what was complete is sent first, then the error. */
  async #fail(thrown: unknown, out: Event[]): Promise<void> {
    const { writer, frames, fault, watch } = this.#options;
    watch.stop();
    if (writer.finished) {
      try {
        await this.#converter.close(true, out);
        this.#state = "closing";
        return;
      } catch (again) {
        thrown = again;
      }
    }
    frames.cancel(thrown).catch(() => {});
    out.push(...writer.abandon());
    this.#broken = thrown instanceof ApiError ? fault(thrown) : thrown;
    if (out.length === 0) throw this.#end(this.#broken);
  }

  #end<Reason>(reason: Reason): Reason {
    this.#state = "closed";
    this.#options.watch.stop();
    return reason;
  }

  async #drain(): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    const { frames } = this.#options;
    const rest = (async () => {
      while (await frames.next() !== undefined);
    })();
    try {
      if (!await settlesWithin(rest, CLOSE_MS)) await frames.cancel("the answer is complete");
      await rest;
    } catch {
      // The answer is complete: how its connection ends changes nothing.
    }
  }
}

function parseFrame(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    const { message } = readFailure(502, new Headers(), frame);
    throw new ApiError(
      502,
      frame.trimStart().startsWith("<")
        ? `The provider sent ${message}`
        : `The provider sent a frame that is not JSON: ${frame.slice(0, 200)}`,
    );
  }
}
