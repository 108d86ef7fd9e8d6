import type { Event } from "../protocol/anthropic.ts";
import { drive, type Stage } from "./drive.ts";

/** Where a flow's events come from: one batch per upstream chunk. */
export interface EventSource {
  /** The next events, possibly none yet; undefined at the end. Throws ApiError where the answer broke off. */
  pull(): Promise<readonly Event[] | undefined>;
  /** Events that say "still alive" when nothing else has for a while. */
  idle(): readonly Event[];
  /** Gives up: nobody reads on. */
  cancel(reason: unknown): void;
}

/** The events of one answer, pulled a batch at a time. A flow is read once: `through` takes it over. */
export class EventFlow implements EventSource {
  readonly #source: EventSource;
  readonly #stages: readonly Stage<Event, Event>[];
  #ended = false;

  constructor(source: EventSource, stages: readonly Stage<Event, Event>[] = []) {
    this.#source = source;
    this.#stages = stages;
  }

  /** A flow of the events that `transformer` makes of these. */
  through(transformer: Transformer<Event, Event>): EventFlow {
    return new EventFlow(this.#source, [...this.#stages, drive(transformer)]);
  }

  async pull(): Promise<readonly Event[] | undefined> {
    if (this.#ended) return undefined;
    try {
      const batch = await this.#source.pull();
      if (this.#stages.length === 0) return batch;
      if (batch !== undefined) return await this.#run(batch, 0);
      const last = await this.#close();
      this.#ended = true;
      return last;
    } catch (thrown) {
      this.cancel(thrown);
      throw thrown;
    }
  }

  idle(): readonly Event[] {
    return this.#source.idle();
  }

  cancel(reason: unknown): void {
    this.#source.cancel(reason);
    this.#stop(reason);
  }

  /** A stage hears of an end before its end once. */
  #stop(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const stage of this.#stages) stage.cancel(reason);
  }

  async #run(batch: readonly Event[], from: number): Promise<readonly Event[]> {
    let items = batch;
    for (let position = from; position < this.#stages.length; position++) {
      const out: Event[] = [];
      for (const item of items) {
        const pending = this.#stages[position]?.write(item, out);
        if (pending !== undefined) await pending;
      }
      items = out;
    }
    return items;
  }

  async #close(): Promise<readonly Event[]> {
    const all: Event[] = [];
    for (const [position, stage] of this.#stages.entries()) {
      const out: Event[] = [];
      await stage.close(out);
      for (const event of await this.#run(out, position + 1)) all.push(event);
    }
    return all;
  }
}

/** A flow of events that are known already. */
export function flowOf(events: readonly Event[]): EventFlow {
  let rest: readonly Event[] | undefined = events;
  return new EventFlow({
    pull() {
      const batch = rest;
      rest = undefined;
      return Promise.resolve(batch);
    },
    idle: () => [{ type: "ping" }],
    cancel: () => {},
  });
}
