import assert from "node:assert/strict";
import { nextStart } from "../../../cli/fleet/backoff.ts";

Deno.test("nextStart() waits twice as long after each early fall, up to a minute", () => {
  const waits: number[] = [];
  let falls = 0;
  for (let fall = 0; fall < 8; fall++) {
    const next = nextStart({ falls, exitCode: 1, ranSeconds: 0 });
    waits.push(next.wait);
    falls = next.falls;
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
});

Deno.test("nextStart() begins anew after a minute of running, and does not wait after a good end", () => {
  assert.deepEqual(nextStart({ falls: 5, exitCode: 1, ranSeconds: 61 }), { falls: 1, wait: 1 });
  assert.deepEqual(nextStart({ falls: 5, exitCode: 0, ranSeconds: 1 }), { falls: 0, wait: 0 });
});
