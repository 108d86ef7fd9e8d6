/** What a judge may say, and what becomes of it. */
import assert from "node:assert/strict";
import { mock } from "node:test";
import { type Answer, startUpstream } from "../support/scripted_upstream.ts";
import { answer, post } from "./support/asking.ts";
import {
  available,
  interactive,
  judged,
  push,
  run,
  toolUses,
  verdicts,
} from "./support/judging.ts";

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
  ["a filtered answer", { finish: "content_filter" }, "refused"],
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

function bothFine() {
  return { call_run_1: { flagged: false }, call_push_2: { flagged: false } };
}

function refusal(status: number, message: string): Answer {
  return { error: { status, body: { error: { message } } } };
}
