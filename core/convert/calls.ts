import type { ToolCallDelta } from "../protocol/openai.ts";
import { ArgumentStream } from "./arguments.ts";
import type { BlockWriter } from "./blocks.ts";

interface PendingCall {
  readonly index: number | undefined;
  id: string;
  name: string;
  carry: unknown;
  readonly arguments: ArgumentStream;
  /** Read but not sent, because another call is being written. */
  waiting: string;
}

export interface CallNaming {
  /** The client's name for a tool. */
  name(upstreamName: string): string;
  /** The client's id for a call. */
  id(upstreamId: string, carry: unknown): string;
}

/**
 * Puts tool calls together from deltas of every shape (Q80-Q85). The first unfinished call is written as it arrives;
 * what comes for later ones waits, because blocks may not overlap.
 */
export class CallAssembler {
  readonly #blocks: BlockWriter;
  readonly #naming: CallNaming;
  /** In the order of their first delta; those before `#current` are written and closed. */
  readonly #calls: PendingCall[] = [];
  #current = 0;
  #started = false;

  constructor(blocks: BlockWriter, naming: CallNaming) {
    this.#blocks = blocks;
    this.#naming = naming;
  }

  /** A call is being written or waits to be: nothing else may be written before `settle` says yes. */
  get busy(): boolean {
    return this.#current < this.#calls.length;
  }

  push(delta: ToolCallDelta): void {
    const call = this.#find(delta);
    call.id ||= delta.id ?? "";
    call.name ||= delta.function?.name ?? "";
    call.carry ??= delta.carry;
    call.waiting += call.arguments.push(delta.function?.arguments);
    this.#advance();
  }

  /** Closes what is complete; true if nothing is left open, so that other blocks may follow. */
  settle(): boolean {
    const call = this.#calls[this.#current];
    if (call?.arguments.complete && this.#current === this.#calls.length - 1) {
      this.#finish(call, false);
    }
    return !this.busy;
  }

  /** Writes and closes everything, in order. `truncated`: the model was cut off inside the last call. */
  end(truncated: boolean): void {
    for (let call = this.#calls[this.#current]; call; call = this.#calls[this.#current]) {
      const last = this.#current === this.#calls.length - 1;
      this.#finish(call, truncated && last);
    }
  }

  /** Writes the current call, and goes on to the next where a complete one is followed by another. */
  #advance(): void {
    for (let call = this.#calls[this.#current]; call; call = this.#calls[this.#current]) {
      this.#write(call);
      const followed = this.#current < this.#calls.length - 1;
      if (!followed || !call.arguments.complete || !this.#started) return;
      this.#finish(call, false);
    }
  }

  /** The block begins once there is a name, something to say, and an id, or nothing more that could bring one. */
  #write(call: PendingCall): void {
    const identified = call.id !== "" || call.arguments.complete;
    if (call.name === "" || call.waiting === "" || !identified) return;
    this.#start(call);
    this.#blocks.toolInput(call.waiting);
    call.waiting = "";
  }

  #start(call: PendingCall): void {
    if (this.#started) return;
    this.#started = true;
    const name = this.#naming.name(call.name || "unnamed_tool");
    this.#blocks.startTool(this.#naming.id(call.id, call.carry), name);
  }

  /** A call of which only the name, or nothing, has come is none: a tool must not run on arguments nobody gave. */
  #finish(call: PendingCall, truncated: boolean): void {
    const rest = call.waiting + call.arguments.end(truncated);
    const isCall = this.#started || (call.name === "" ? rest !== "{}" : rest !== "");
    if (isCall) {
      this.#start(call);
      this.#blocks.toolInput(rest);
      this.#blocks.close();
    }
    this.#started = false;
    this.#current++;
  }

  /** The call that a delta belongs to. An index alone proves little: some send 0 for all, some send none (Q80). */
  #find(delta: ToolCallDelta): PendingCall {
    const id = delta.id ?? "";
    const index = delta.index ?? undefined;
    const name = delta.function?.name ?? "";
    const latest = this.#calls.at(-1);
    const byId = id === "" ? undefined : this.#calls.find((call) => call.id === id);
    if (byId && (index === undefined || byId.index === index || name === "")) return byId;
    if (index === undefined) {
      const goesOn = latest !== undefined && name === "" && (id === "" || latest.id === "");
      return goesOn ? latest : this.#add(index);
    }
    const byIndex = this.#calls.findLast((call) => call.index === index);
    if (byIndex === undefined) return this.#add(index);
    return startsAnother(byIndex, id, name, delta.function?.arguments) ? this.#add(index) : byIndex;
  }

  #add(index: number | undefined): PendingCall {
    const call = {
      index,
      id: "",
      name: "",
      carry: undefined,
      arguments: new ArgumentStream(),
      waiting: "",
    };
    this.#calls.push(call);
    return call;
  }
}

/** Whether a delta with a known index begins a call of its own all the same. */
function startsAnother(known: PendingCall, id: string, name: string, fragment: unknown): boolean {
  const differs = id !== "" && known.id !== "" && known.id !== id;
  if (differs && name !== "") return true;
  const says = fragment !== null && fragment !== undefined && fragment !== "";
  return known.arguments.complete && says && (differs || (id === "" && name !== "")) &&
    !known.arguments.repeats(fragment);
}
