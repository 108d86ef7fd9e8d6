/** What the client sends back is accepted, and the provider finds in it what it needs. */
import assert from "node:assert/strict";
import type { Anthropic, ProviderAdapter } from "../../core/mod.ts";
import { resultsOf, start, textsOf } from "../support/conversation.ts";
import type { Dialect } from "../support/dialect.ts";
import { startSimulator } from "../support/simulator.ts";
import { type Bench, type Check, DONE, ONE_CALL, TWO_CALLS } from "./bench.ts";

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg==";
const IMAGE: Anthropic.ContentBlock = {
  type: "image",
  source: { type: "base64", media_type: "image/png", data: PIXEL },
};
const REMINDER: Anthropic.ContentBlock = {
  type: "text",
  text: "<system-reminder>\nThe file has changed.\n</system-reminder>",
};

/** Another provider: what is one adapter's own must not reach it. */
const elsewhere: ProviderAdapter = { baseUrl: "http://127.0.0.1:1/v1" };
const KNOWN_ELSEWHERE = new Set([
  "role",
  "content",
  "tool_calls",
  "tool_call_id",
  "reasoning_content",
]);
const ELSEWHERE: Dialect = {
  refuses: [
    ({ messages }) =>
      messages.flatMap((message) => Object.keys(message)).find((key) => !KNOWN_ELSEWHERE.has(key)),
    (body) => JSON.stringify(body).includes(TWO_CALLS.thinking) ? "foreign thinking" : undefined,
  ],
  callId: (name, position) => `functions.${name}:${position}`,
};
const THOUGHT_ELSEWHERE = "Thought by another model.";

export const HISTORIES: readonly Check[] = [
  ...[true, false].map((stream): Check => ({
    sentence: `a long task with images, reminders and system turns succeeds, ${
      stream ? "streamed" : "whole"
    }`,
    async run(bench) {
      bench.simulator.script(TWO_CALLS, ONE_CALL, ONE_CALL, TWO_CALLS, DONE, DONE);
      const talking = bench.talk({ stream });
      let last = await talking.ask([{ type: "text", text: "Look at this." }, IMAGE]);
      last = await talking.reply(last, [REMINDER]);
      last = await talking.reply(last, [], [{ type: "text", text: "A picture" }, IMAGE]);
      talking.messages.push({ role: "user", content: resultsOf(last) });
      talking.messages.push({ role: "system", content: "Plan mode is on." });
      last = await talking.go();
      await talking.reply(last, [], "");
      await talking.ask("Thanks. And now?");
      assertReplays(bench);
      assertGrowing(bench);
    },
  })),
  {
    sentence: "reasoning comes back after a restart",
    async run(bench) {
      bench.simulator.script(TWO_CALLS, ONE_CALL, DONE);
      const talking = bench.talk();
      const first = await talking.ask("Start.");
      talking.program = bench.restart();
      await talking.reply(await talking.reply(first));
      assertReplays(bench);
    },
  },
  {
    sentence: "reasoning comes back after a switch to another provider and back",
    async run(bench) {
      await using stranger = startSimulator(ELSEWHERE);
      stranger.script({ ...TWO_CALLS, thinking: THOUGHT_ELSEWHERE }, ONE_CALL, DONE);
      bench.simulator.script(TWO_CALLS, ONE_CALL, DONE);
      const talking = bench.talk();
      const first = await talking.ask("Start.");
      talking.program = start({ elsewhere }, "elsewhere", stranger.baseUrl);
      const second = await talking.reply(await talking.reply(first));
      assert.deepEqual(stranger.refusals, []);
      talking.program = bench.program;
      await talking.reply(await talking.reply(second));
      assertReplays(bench);
      assert.ok(!JSON.stringify(bench.simulator.bodies).includes(THOUGHT_ELSEWHERE));
    },
  },
  {
    sentence: "a history whose thinking was stripped is accepted",
    async run(bench) {
      bench.simulator.script(TWO_CALLS, ONE_CALL, DONE);
      const talking = bench.talk();
      const last = await talking.reply(await talking.ask("Start."));
      talking.messages = talking.messages.map(withoutThinking);
      await talking.reply(last);
    },
  },
  {
    sentence: "a history that ends with the model's own turn is accepted",
    async run(bench) {
      bench.simulator.script(DONE);
      const talking = bench.talk();
      talking.messages = CLAUDE_HISTORY.slice(0, -1);
      assert.deepEqual(textsOf(await talking.go()), [DONE.text]);
    },
  },
  {
    sentence: "a history from real Claude, with a call that was interrupted, is accepted",
    async run(bench) {
      bench.simulator.script(DONE);
      const talking = bench.talk();
      talking.messages = CLAUDE_HISTORY.slice();
      assert.deepEqual(textsOf(await talking.go()), [DONE.text]);
    },
  },
];

const CLAUDE_HISTORY: readonly Anthropic.MessageParam[] = [
  { role: "user", content: "Start." },
  {
    role: "assistant",
    content: [
      { type: "thinking", thinking: "Theirs.", signature: "EqQBCkYIAxgCKkA" },
      { type: "tool_use", id: "toolu_01A09q90qw90lq917835lq9", name: "Bash", input: {} },
      { type: "tool_use", id: "toolu_01A09q90qw90lq917835lqZ", name: "NoInput", input: {} },
    ],
  },
  {
    role: "user",
    content: [
      { type: "tool_result", tool_use_id: "toolu_01A09q90qw90lq917835lq9", is_error: true },
      REMINDER,
    ],
  },
  { role: "assistant", content: "Interrupted." },
  { role: "user", content: "Go on." },
];

function withoutThinking({ role, content }: Anthropic.MessageParam): Anthropic.MessageParam {
  if (typeof content === "string") return { role, content };
  return { role, content: content.filter((block) => block.type !== "thinking") };
}

/** Each of the model's own turns that is in the last body, as the dialect wants to see it. */
function assertReplays({ simulator: { bodies, turnOf }, dialect }: Bench): void {
  let seen = 0;
  for (const message of bodies.at(-1)!.messages) {
    if (message.role !== "assistant") continue;
    const turn = (message.tool_calls ?? []).map(({ id }) => turnOf(id)).find(Boolean);
    if (turn === undefined) continue;
    seen++;
    const names = message.tool_calls?.map((call) => call.function.name);
    assert.deepEqual(names, turn.calls.map((call) => call.name));
    dialect.replays?.(message, turn);
  }
  assert.ok(seen > 0, "no turn of the model came back under its own call ids");
}

/** What was sent for one turn begins what is sent for the next, so that the provider's cache finds it. */
function assertGrowing({ simulator: { bodies } }: Bench): void {
  for (const [position, body] of bodies.slice(0, -1).entries()) {
    const next = bodies[position + 1]!;
    assert.deepEqual(next.messages.slice(0, body.messages.length), body.messages);
    assert.deepEqual(next.tools, body.tools);
  }
}
