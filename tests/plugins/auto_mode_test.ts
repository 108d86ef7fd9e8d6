import assert from "node:assert/strict";
import { mock } from "node:test";
import type { Message } from "../../core/protocol/anthropic.ts";
import { captured } from "../support/captured.ts";
import {
  type Answer,
  type ChatBody,
  type ScriptedCall,
  startUpstream,
} from "../support/scripted_upstream.ts";
import { answer, events, post } from "./support/asking.ts";

const interactive = captured("12");
const run: ScriptedCall = {
  id: "call_run_1",
  name: "Bash",
  input: { command: "node -e 'process.exit(3)'" },
};
const push: ScriptedCall = { id: "call_push_2", name: "Bash", input: { command: "git push -f" } };
const read: ScriptedCall = { id: "call_read_3", name: "Read", input: { file_path: "/etc/hosts" } };

for (const stream of [true, false]) {
  const form = stream ? "streamed" : "whole";

  Deno.test(`a ${form} text-only answer carries one result that names no call`, async () => {
    await using upstream = startUpstream([{ text: "Hello." }]);
    const message = await answer({ ...interactive, stream }, { baseUrl: upstream.baseUrl });
    assert.deepEqual(message.safeguard_results, [available({})]);
  });

  Deno.test(`without a judge a ${form} answer with calls leaves them to the client`, async () => {
    await using upstream = startUpstream([{ calls: [run] }]);
    const message = await answer({ ...interactive, stream }, { baseUrl: upstream.baseUrl });
    assert.deepEqual(message.safeguard_results, [available({})]);
    assert.equal(upstream.received.length, 1);
  });

  Deno.test(`a ${form} answer's calls are judged in one request`, async () => {
    await using upstream = startUpstream([
      { text: "I run it.", calls: [run, read, push] },
      verdicts({
        call_run_1: { flagged: false, explanation: "" },
        call_push_2: { flagged: true, explanation: "[Shared State] rewrites the remote" },
      }),
    ]);
    const message = await answer({ ...interactive, stream }, judged(upstream.baseUrl));
    assert.equal(message.stop_reason, "tool_use");
    assert.deepEqual(message.safeguard_results, [available({
      call_run_1: { type: "evaluated", outcome: "not_flagged" },
      call_push_2: {
        type: "evaluated",
        outcome: "flagged",
        explanation: "[Shared State] rewrites the remote",
      },
    })]);
    assert.equal(upstream.received.length, 2);
  });

  Deno.test(`a ${form} answer without \`safeguards\` in its request carries none`, async () => {
    await using upstream = startUpstream([{ calls: [run] }]);
    const { safeguards: _, ...plain } = interactive;
    const message = await answer({ ...plain, stream }, judged(upstream.baseUrl));
    assert.ok(!("safeguard_results" in message));
    assert.equal(upstream.received.length, 1);
  });
}

Deno.test("the result stands in the delta of the final message_delta, and nowhere else", async () => {
  await using upstream = startUpstream([
    { calls: [run] },
    verdicts({
      call_run_1: { flagged: false },
    }),
  ]);
  const seen = await events(await post(interactive, judged(upstream.baseUrl)));
  const carrying = seen.filter((event) => JSON.stringify(event).includes("safeguard_results"));
  assert.equal(carrying.length, 1);
  const [only] = carrying;
  assert.ok(only?.type === "message_delta" && only.delta.safeguard_results?.length === 1);
  assert.equal(seen.at(-1)?.type, "message_stop");
});

Deno.test("`safeguards` never goes upstream, and the judge is asked for little", async () => {
  await using upstream = startUpstream([
    { calls: [run] },
    verdicts({
      call_run_1: { flagged: false },
    }),
  ]);
  await answer(interactive, judged(upstream.baseUrl));
  const [turn, judging] = upstream.received.map(({ body }) => body);
  assert.equal(turn?.model, "big");
  assert.ok(!("safeguards" in turn!));
  assert.equal(judging?.model, "judge-1");
  assert.equal(judging?.["max_tokens"], 1024);
  assert.ok(!judging?.stream && judging?.tools === undefined);
  assert.equal(judging?.messages.length, 2);
});

Deno.test("the judge is told what the client says of its machine, and the calls", async () => {
  await using upstream = startUpstream([
    { calls: [run, read] },
    verdicts({
      call_run_1: { flagged: false },
    }),
  ]);
  const [safeguard] = interactive.safeguards!;
  const context = {
    ...safeguard!["classifier_context"] as Record<string, unknown>,
    rules: { allow: [], deny: ["Bash(rm:*)"], ask: [] },
    auto_mode: { hard_deny: ["never deploy"] },
    git_state: { branch: "feature-7" },
  };
  const asked = { ...interactive, safeguards: [{ ...safeguard, classifier_context: context }] };
  await answer(asked, judged(upstream.baseUrl));
  const question = questionOf(upstream.received[1]?.body);
  const told = [
    '"permission_mode":"auto"',
    '"live_cwd":"/home/user/project"',
    '"trusted_directories"',
    "Bash(rm:*)",
    "never deploy",
    "feature-7",
    "<transcript>\n{",
    '{"id":"call_run_1","tool":"Bash","input":{"command":"node -e \'process.exit(3)\'"}}',
  ];
  for (const part of told) assert.ok(question.includes(part), part);
  assert.ok(!question.includes("call_read_3"), "a call that needs no verdict is not shown");
});

const unusable: readonly [string, Answer, string][] = [
  ["prose", { text: "Both look fine to me." }, "error"],
  ["a missing id", verdicts({ call_run_1: { flagged: false } }), "error"],
  [
    "a verdict that is no boolean",
    verdicts({ call_run_1: { flagged: false }, call_push_2: { flagged: "false" } }),
    "error",
  ],
  ["a list", { text: '{"verdicts":[{"flagged":false},{"flagged":false}]}' }, "error"],
  ["an empty answer", { text: "{}" }, "error"],
  ["a cut answer", { ...verdicts(bothFine()), finish: "length" }, "truncated"],
  ["a filtered answer", { ...verdicts(bothFine()), finish: "content_filter" }, "refused"],
  ["an outage", refusal(500, "out of order"), "error"],
  ["a bad key", refusal(401, "no"), "error"],
  ["a timeout of the provider", refusal(504, "gateway timeout"), "timeout"],
  ["an overflow", refusal(400, "maximum context length is 100 tokens"), "input_too_long"],
  ["a content filter", refusal(400, "blocked by content management policy"), "refused"],
];

for (const [what, said, reason] of unusable) {
  Deno.test(`a judge's ${what} makes every call unavailable: ${reason}`, async () => {
    await using upstream = startUpstream([{ calls: [run, push] }, said]);
    const message = await answer(interactive, judged(upstream.baseUrl));
    const verdict = { type: "unavailable", reason };
    assert.deepEqual(message.safeguard_results, [
      available({ call_run_1: verdict, call_push_2: verdict }),
    ]);
    assert.equal(message.stop_reason, "tool_use");
  });
}

const dressed: readonly [string, (json: string) => string][] = [
  ["a fence", (json) => "```json\n" + json + "\n```"],
  ["thoughts", (json) => `<think>{"flagged"? hm}</think>\n${json}`],
  ["a preamble", (json) => `Here it is:\n${json}`],
];

for (const [what, dress] of dressed) {
  Deno.test(`the judge's JSON is found inside ${what}`, async () => {
    const said = dress(JSON.stringify({ verdicts: { call_run_1: { flagged: false } } }));
    await using upstream = startUpstream([{ calls: [run] }, { text: said }]);
    const message = await answer(interactive, judged(upstream.baseUrl));
    assert.deepEqual(message.safeguard_results, [
      available({ call_run_1: { type: "evaluated", outcome: "not_flagged" } }),
    ]);
  });
}

Deno.test("calls of a truncated answer are never judged", async () => {
  await using upstream = startUpstream([{ calls: [run], finish: "length" }]);
  const message = await answer(interactive, judged(upstream.baseUrl));
  assert.equal(message.stop_reason, "max_tokens");
  const named = Object.values(toolUses(message));
  assert.equal(named.length, 1);
  assert.ok(named.every((verdict) => JSON.stringify(verdict).includes('"truncated"')));
  assert.equal(upstream.received.length, 1);
});

Deno.test("a stream that breaks before its end carries no result", async () => {
  const chunk = { choices: [{ index: 0, delta: { content: "Half" } }] };
  await using upstream = startUpstream([{ raw: [`data: ${JSON.stringify(chunk)}\n\n`] }]);
  const seen = await events(await post(interactive, judged(upstream.baseUrl)));
  assert.equal(seen.at(-1)?.type, "error");
  assert.ok(!JSON.stringify(seen).includes("safeguard_results"));
});

Deno.test("an id too long to repeat has a short name before the judge", async () => {
  const id = `call:${"x".repeat(90)}`;
  await using upstream = startUpstream([
    { calls: [{ ...run, id }] },
    verdicts({ call_1: { flagged: false } }),
  ]);
  const message = await answer(interactive, judged(upstream.baseUrl));
  const [block] = message.content.filter(({ type }) => type === "tool_use") as { id: string }[];
  assert.ok(block!.id.length > 64);
  assert.deepEqual(toolUses(message), {
    [block!.id]: { type: "evaluated", outcome: "not_flagged" },
  });
});

Deno.test("a judge that does not answer for 30 s is given up, with pings meanwhile", async () => {
  const { promise: judging, resolve: judgeAsked } = Promise.withResolvers<void>();
  const { promise: never, resolve: release } = Promise.withResolvers<void>();
  await using upstream = startUpstream((_, index) => {
    if (index === 0) return { calls: [run] };
    judgeAsked();
    return { raw: hanging(never) };
  });
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  try {
    const response = await post(interactive, judged(upstream.baseUrl));
    const text = response.text();
    await judging;
    mock.timers.tick(12_500);
    mock.timers.tick(12_500);
    mock.timers.tick(5_000);
    const seen = await text;
    assert.ok(seen.split("event: ping").length >= 3, seen);
    assert.match(seen, /"call_run_1":\{"type":"unavailable","reason":"timeout"\}/);
    assert.match(seen, /event: message_stop/);
  } finally {
    release();
    mock.timers.reset();
  }
});

async function* hanging(until: Promise<void>): AsyncGenerator<string> {
  yield ": thinking\n\n";
  await until;
}

function judged(baseUrl: string) {
  return { baseUrl, settings: { AUTO_MODE_MODEL: "judge-1" } };
}

function available(tool_uses: Record<string, unknown>) {
  return { type: "dangerous_tool_use", status: { type: "available", tool_uses } };
}

function toolUses({ safeguard_results }: Message): Record<string, unknown> {
  assert.equal(safeguard_results?.length, 1);
  const [result] = safeguard_results as { status: { tool_uses: Record<string, unknown> } }[];
  return result!.status.tool_uses;
}

function verdicts(byId: Record<string, unknown>): Answer {
  return { text: JSON.stringify({ verdicts: byId }) };
}

function bothFine() {
  return { call_run_1: { flagged: false }, call_push_2: { flagged: false } };
}

function refusal(status: number, message: string): Answer {
  return { error: { status, body: { error: { message } } } };
}

function questionOf(body: ChatBody | undefined): string {
  return String(body?.messages.at(-1)?.content);
}
