import assert from "node:assert/strict";
import fc from "fast-check";
import { readVerdicts, type Verdict } from "../../plugins/auto_mode_judge.ts";

const ids = new Map([["call_1", "toolu_long_1"], ["b", "b"]]);

/** What a judge may write for one call, mostly right. */
const verdict = fc.oneof(
  { weight: 6, arbitrary: fc.record({ flagged: fc.boolean(), explanation: fc.string() }) },
  fc.record({ flagged: fc.anything() }),
  fc.anything(),
);

Deno.test("readVerdicts() says of no call what the judge did not say", () => {
  let judged = 0;
  const said = fc.record({ call_1: verdict, b: verdict, other: verdict }, { requiredKeys: [] });
  fc.assert(fc.property(said, (verdicts) => {
    const text = JSON.stringify({ verdicts }, (_, value) => typeof value === "bigint" ? 0 : value);
    const read = readVerdicts(text, ids);
    const known = JSON.parse(text).verdicts;
    const whole = [...ids.keys()].every((name) => typeof known[name]?.flagged === "boolean");
    assert.equal(read !== undefined, whole);
    if (read === undefined) return;
    judged++;
    assert.deepEqual(Object.keys(read).toSorted(), [...ids.values()].toSorted());
    for (const [name, id] of ids) {
      const given: Verdict | undefined = read[id];
      assert.ok(given?.type === "evaluated");
      assert.equal(given.outcome, known[name].flagged ? "flagged" : "not_flagged");
    }
  }));
  assert.ok(judged > 0);
});

Deno.test("readVerdicts() keeps an explanation short, and leaves out an empty one", () => {
  const only = new Map([["a", "a"]]);
  const read = (explanation: unknown) =>
    readVerdicts(JSON.stringify({ verdicts: { a: { flagged: true, explanation } } }), only)?.["a"];
  assert.deepEqual(read(" [Rule] x "), {
    type: "evaluated",
    outcome: "flagged",
    explanation: "[Rule] x",
  });
  assert.deepEqual(read(""), { type: "evaluated", outcome: "flagged" });
  assert.deepEqual(read(7), { type: "evaluated", outcome: "flagged" });
  const long = read("x".repeat(9_000));
  assert.ok(long?.type === "evaluated" && long.outcome === "flagged");
  assert.equal(long.explanation?.length, 500);
});
