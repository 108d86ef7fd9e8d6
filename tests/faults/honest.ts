/** What any fault may come to, and how an upstream commits one. */
import assert from "node:assert/strict";
import { checkBrokenGrammar, checkGrammar } from "../support/grammar.ts";
import type { Line } from "../support/raw_server.ts";
import type { Seen } from "./stage.ts";

/** A whole answer, or an error that says something: never half of one for the other. */
export function assertHonest(seen: Seen, label: string): void {
  if (seen.error === undefined) {
    assert.equal(seen.status, 200, label);
    checkGrammar(seen.events);
    return;
  }
  assert.ok(seen.error.message.length > 10, label);
  if (seen.events.length > 0) checkBrokenGrammar(seen.events.slice(0, -1));
  else assert.ok(seen.status >= 500, `${label}: ${seen.status}`);
}

/** Says these parts, and hangs up. */
export function ending(
  head: string,
  ...parts: (string | Uint8Array)[]
): (line: Line) => Promise<void> {
  return async (line) => {
    await line.write(head);
    for (const part of parts) await line.write(part);
    line.close();
  };
}
