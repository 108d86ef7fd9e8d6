/** What a stream of events must look like, written from the protocol and not from our code (quirks F, section 5). */
import assert from "node:assert/strict";
import type { Anthropic } from "../../core/contract.ts";

type Event = Anthropic.Event;

const DELTAS: Readonly<Record<string, readonly string[]>> = {
  text: ["text_delta"],
  thinking: ["thinking_delta", "signature_delta"],
  tool_use: ["input_json_delta"],
  server_tool_use: ["input_json_delta"],
};

/** Throws unless these are the events of one complete answer. */
export function checkGrammar(events: readonly Event[]): void {
  const { ended } = follow(events);
  assert.ok(ended, "message_stop is last");
}

/** Throws unless these are the first events of an answer that broke off: all of the grammar but its end. */
export function checkBrokenGrammar(events: readonly Event[]): void {
  const { ended } = follow(events);
  assert.ok(!ended, "a broken answer has no message_stop");
}

function follow(events: readonly Event[]): { ended: boolean } {
  const walk = new Walk();
  for (const event of events) walk.step(event);
  return { ended: walk.ended };
}

class Walk {
  ended = false;
  #started = false;
  #delivered = false;
  #next = 0;
  #open: { readonly type: string; written: string; signatures: number } | undefined;
  #toolBlocks = 0;
  readonly #ids = new Set<string>();

  step(event: Event): void {
    assert.ok(!this.ended, `nothing follows message_stop, but ${event.type}`);
    if (event.type === "ping") return;
    if (event.type === "message_start") return this.#start(event.message);
    assert.ok(this.#started, `message_start comes before ${event.type}`);
    assert.ok(
      !this.#delivered || event.type === "message_stop",
      `${event.type} after message_delta`,
    );
    switch (event.type) {
      case "content_block_start":
        return this.#openBlock(event.index, event.content_block);
      case "content_block_delta":
        return this.#delta(event.index, event.delta);
      case "content_block_stop":
        return this.#close(event.index);
      case "message_delta":
        return this.#deliver(event.delta.stop_reason, event.usage);
      case "message_stop":
        assert.ok(this.#delivered, "message_delta comes before message_stop");
        this.ended = true;
        return;
      default:
        assert.fail(`unknown event ${event.type}`);
    }
  }

  #start(message: Anthropic.Message): void {
    assert.ok(!this.#started, "message_start comes once");
    this.#started = true;
    assert.match(message.id, /^msg_[a-zA-Z0-9]+$/);
    assert.deepEqual(
      [message.type, message.role, message.content, message.stop_reason, message.stop_sequence],
      ["message", "assistant", [], null, null],
    );
    checkUsage(message.usage);
  }

  #openBlock(index: number, block: Anthropic.ContentBlock): void {
    assert.equal(this.#open, undefined, "one block is open at a time");
    assert.equal(index, this.#next, "blocks are numbered from 0 without gaps");
    if (block.type === "text") assert.equal(block.text, "", "text comes in deltas only");
    if (block.type === "thinking") assert.deepEqual([block.thinking, block.signature], ["", ""]);
    if (block.type === "tool_use" || block.type === "server_tool_use") {
      assert.deepEqual(block.input, {}, "input comes in deltas only");
      assert.match(block.id, /^[a-zA-Z0-9_-]+$/, "ids are legal");
      assert.ok(!this.#ids.has(block.id), `id ${block.id} is unique`);
      assert.notEqual(block.name, "");
      this.#ids.add(block.id);
    }
    if (block.type === "tool_use") this.#toolBlocks++;
    this.#open = { type: block.type, written: "", signatures: 0 };
  }

  #delta(index: number, delta: Anthropic.Delta): void {
    const open = this.#open;
    assert.ok(open !== undefined, "a delta needs an open block");
    assert.equal(index, this.#next, "a delta belongs to the open block");
    assert.ok(DELTAS[open.type]?.includes(delta.type), `${delta.type} in a ${open.type} block`);
    assert.equal(open.signatures, 0, "the signature is the last delta of a block");
    if (delta.type === "text_delta") open.written += delta.text;
    if (delta.type === "signature_delta") open.signatures++;
  }

  #close(index: number): void {
    const open = this.#open;
    assert.ok(open !== undefined, "a stop needs an open block");
    assert.equal(index, this.#next, "the open block is the one that stops");
    if (open.type === "text") assert.notEqual(open.written.trim(), "", "no text block is empty");
    if (open.type === "thinking") assert.equal(open.signatures, 1, "thinking has one signature");
    this.#open = undefined;
    this.#next++;
  }

  #deliver(reason: Anthropic.StopReason | null, usage: Anthropic.Usage): void {
    assert.equal(this.#open, undefined, "all blocks are closed before message_delta");
    this.#delivered = true;
    assert.ok(reason !== null, "message_delta has a stop_reason");
    if (reason === "tool_use") assert.ok(this.#toolBlocks > 0, "tool_use needs a tool block");
    if (reason === "end_turn") assert.equal(this.#toolBlocks, 0, "a tool block needs tool_use");
    checkUsage(usage);
  }
}

function checkUsage(usage: Anthropic.Usage): void {
  const { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } =
    usage;
  for (
    const count of [
      input_tokens,
      output_tokens,
      cache_read_input_tokens,
      cache_creation_input_tokens,
    ]
  ) {
    assert.ok(
      Number.isInteger(count) && count >= 0,
      `tokens are counted: ${JSON.stringify(usage)}`,
    );
  }
}
