/** What the provider says reaches the client as one and the same Anthropic message, whole and streamed. */
import assert from "node:assert/strict";
import type { Anthropic } from "../../core/mod.ts";
import { callsOf, comparable, textsOf, thinkingOf } from "../support/conversation.ts";
import type { Turn } from "../support/dialect.ts";
import { LONG_NAME } from "../support/hard_tools.ts";
import { type Bench, type Check, DONE, TWO_CALLS } from "./bench.ts";

export const ANSWERS: readonly Check[] = [
  {
    sentence: "a text is the same whole and streamed",
    async run(bench) {
      const text = "Hello, wörld. <b>1 < 2</b>\n\n```\n<think> is a tag\n```";
      const message = await bothWays(bench, { text });
      assert.deepEqual(textsOf(message), [text]);
      assert.equal(message.stop_reason, "end_turn");
      assert.equal(message.model, bench.model);
    },
  },
  {
    sentence: "thinking and two parallel calls are the same whole and streamed",
    async run(bench) {
      const message = await bothWays(bench, TWO_CALLS);
      const types = message.content.map((block) => block.type);
      const thinking = bench.thinks ? ["thinking"] : [];
      assert.deepEqual(types, [...thinking, "text", "tool_use", "tool_use"]);
      if (bench.thinks) assert.equal(thinkingOf(message), TWO_CALLS.thinking);
      const calls = callsOf(message).map(({ name, input }) => ({ name, input }));
      assert.deepEqual(calls, TWO_CALLS.calls);
      assert.equal(message.stop_reason, "tool_use");
      const ids = callsOf(message).map(({ id }) => id);
      for (const id of ids) assert.match(id, /^[a-zA-Z0-9_-]+$/);
      assert.equal(new Set(ids).size, 2);
    },
  },
  {
    sentence: "usage is split as Anthropic counts",
    async run(bench) {
      const { usage } = await bothWays(bench, { text: "Counted." });
      assert.equal(usage.input_tokens, 40);
      assert.equal(usage.cache_read_input_tokens, 60);
      assert.equal(usage.output_tokens, 20);
    },
  },
  {
    sentence: "stop reasons are Anthropic's",
    async run(bench) {
      const cut = await bothWays(bench, { text: "Once upon", finish: "length" });
      assert.equal(cut.stop_reason, "max_tokens");
      const filtered = await bothWays(bench, { text: "I", finish: "content_filter" });
      assert.equal(filtered.stop_reason, "end_turn");
    },
  },
  {
    sentence: "a tool name of more than 64 characters comes back whole",
    async run(bench) {
      bench.simulator.script(({ tools }) => ({
        calls: [{ name: tools!.at(-1)!.function.name, input: { query: "x" } }],
      }), DONE);
      const talking = bench.talk();
      const last = await talking.ask("Search.");
      assert.equal(callsOf(last)[0]?.name, LONG_NAME);
      await talking.reply(last);
    },
  },
];

/** The same turn, asked for both ways. */
async function bothWays(bench: Bench, turn: Turn): Promise<Anthropic.Message> {
  bench.simulator.script(turn);
  const whole = await bench.talk({ stream: false }).ask("Go on.");
  const streamed = await bench.talk().ask("Go on.");
  assert.deepEqual(comparable(streamed), comparable(whole));
  return streamed;
}
