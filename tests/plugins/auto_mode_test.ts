import assert from "node:assert/strict";
import { type ChatBody, type ScriptedCall, startUpstream } from "../support/scripted_upstream.ts";
import { answer, events, post } from "./support/asking.ts";
import {
  available,
  interactive,
  judged,
  push,
  run,
  toolUses,
  verdicts,
} from "./support/judging.ts";

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

function questionOf(body: ChatBody | undefined): string {
  return String(body?.messages.at(-1)?.content);
}
