import assert from "node:assert/strict";
import { join } from "node:path";
import type { Answer, ChatBody } from "../support/scripted_upstream.ts";
import { bash, texts } from "./support/reading.ts";
import { clientTest } from "./support/stage.ts";

const refused = (status: number): Answer => ({
  error: { status, headers: { "retry-after": "0" }, body: { error: { message: "Not now" } } },
});

/** What is said, and then the bytes just end. */
const cut = (...frames: string[]): Answer => ({ raw: frames });

const THOUGHT = frame({ reasoning_content: "I think. " });
const WORD = frame({ content: "I run " });
const HALF_A_CALL = frame({
  tool_calls: [{ index: 0, id: "call_half_call", function: { name: "Bash", arguments: '{"comm' } }],
});

const FAULTS: readonly Answer[] = [
  refused(429),
  refused(500),
  refused(503),
  { error: { status: 502, body: "<html><title>Bad gateway</title></html>" } },
  cut(),
  cut(THOUGHT),
  cut(WORD),
  cut(WORD, HALF_A_CALL),
  cut(THOUGHT, HALF_A_CALL),
  cut(HALF_A_CALL),
  cut("data: {no JSON\n\n"),
  cut(WORD, `data: {"error":{"message":"provider died","code":502}}\n\n`),
  {},
  { reasoning: "I say nothing." },
];

clientTest("a session whose every second answer fails in another way does each step once", {
  // Half an index finds no fault.
  script: (body, index) => FAULTS[index / 2] ?? next(body),
}, async (stage) => {
  const outcome = await stage.ask("Do all the steps.");
  assert.equal(outcome.is_error, false);
  assert.equal(outcome.result, "All done.");
  const ran = await Deno.readTextFile(join(stage.folder, "steps.txt"));
  assert.deepEqual(ran.trim().split("\n").map(Number), FAULTS.map((_fault, step) => step));
});

/** The step that no result tells of yet. */
function next(body: ChatBody): Answer {
  const done = texts(body, "tool").filter((text) => /^did \d+$/.test(text)).length;
  if (done === FAULTS.length) return { text: "All done." };
  const call = bash(`call_step_${done}`, `echo ${done} >> steps.txt; echo did ${done}`);
  return { reasoning: "Next.", text: `Step ${done}.`, calls: [call] };
}

function frame(delta: unknown): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;
}
