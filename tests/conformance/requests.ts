/** Whatever the client asks for, the provider is asked in a way that it accepts at once. */
import assert from "node:assert/strict";
import type { Anthropic } from "../../core/mod.ts";
import { textsOf } from "../support/conversation.ts";
import type { Check } from "./bench.ts";

const KNOBS: readonly Partial<Anthropic.Request>[] = [
  ...["low", "medium", "high", "xhigh", "max"].map((effort) => ({ output_config: { effort } })),
  { thinking: { type: "disabled" } },
  { thinking: { type: "enabled", budget_tokens: 5000 }, max_tokens: 128_000 },
  { thinking: null, temperature: 0, top_p: 0.5, stop_sequences: ["a", "b"], top_k: 5 },
  { temperature: 1 },
  { tool_choice: { type: "any" } },
  { tool_choice: { type: "tool", name: "Read", disable_parallel_tool_use: true } },
  { tool_choice: { type: "none" } },
  { tools: [], tool_choice: { type: "auto" } },
  { system: null, metadata: { user_id: '{"device_id":"d","session_id":"s"}' } },
];

/** What the client asks for a title (A28). */
const TITLE: Partial<Anthropic.Request> = {
  tools: [],
  thinking: { type: "disabled" },
  max_tokens: 512,
  output_config: {
    format: {
      type: "json_schema",
      schema: {
        type: "object",
        properties: { title: { type: "string" } },
        required: ["title"],
        additionalProperties: false,
      },
    },
  },
};

export const REQUESTS: readonly Check[] = [
  ...[true, false].map((stream): Check => ({
    sentence: `every effort, choice and knob is accepted, ${stream ? "streamed" : "whole"}`,
    async run(bench) {
      for (const knobs of KNOBS) await bench.talk({ ...knobs, stream }).ask("Go.");
    },
  })),
  {
    sentence: "a probe for one token is answered",
    async run(bench) {
      bench.simulator.script({ text: "q", finish: "length" });
      for (const stream of [false, true]) {
        const talking = bench.talk({ stream, max_tokens: 1, tools: [], system: null });
        assert.equal((await talking.ask("quota")).stop_reason, "max_tokens");
      }
    },
  },
  {
    sentence: "a structured answer is bare JSON",
    async run(bench) {
      bench.simulator.script({ text: '```json\n{"title":"Files"}\n```' });
      for (const stream of [false, true]) {
        const message = await bench.talk({ ...TITLE, stream }).ask("A title, please.");
        assert.deepEqual(textsOf(message), ['{"title":"Files"}']);
      }
    },
  },
  {
    sentence: "a side request that runs out of tokens while thinking is answered",
    async run(bench) {
      bench.simulator.script({ thinking: "Hm", finish: "length" });
      const changes = { max_tokens: 64, tools: [], thinking: { type: "disabled" } };
      const talking = bench.talk({ ...changes, stream: false });
      assert.equal((await talking.ask("A title?")).stop_reason, "max_tokens");
    },
  },
];
