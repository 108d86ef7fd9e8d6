/** A turn of auto mode, and a judge for its calls. */
import assert from "node:assert/strict";
import type { Message } from "../../../core/protocol/anthropic.ts";
import { captured } from "../../support/captured.ts";
import type { Answer, ScriptedCall } from "../../support/scripted_upstream.ts";

export const interactive = captured("12");
export const run: ScriptedCall = {
  id: "call_run_1",
  name: "Bash",
  input: { command: "node -e 'process.exit(3)'" },
};
export const push: ScriptedCall = {
  id: "call_push_2",
  name: "Bash",
  input: { command: "git push -f" },
};

/** The program with a judge. */
export function judged(baseUrl: string) {
  return { baseUrl, settings: { AUTO_MODE_MODEL: "judge-1" } };
}

/** A result of auto mode with its verdicts, by call. */
export function available(tool_uses: Record<string, unknown>) {
  return { type: "dangerous_tool_use", status: { type: "available", tool_uses } };
}

/** The verdicts of an answer's one result, by call. */
export function toolUses({ safeguard_results }: Message): Record<string, unknown> {
  assert.equal(safeguard_results?.length, 1);
  const [result] = safeguard_results as { status: { tool_uses: Record<string, unknown> } }[];
  return result!.status.tool_uses;
}

/** What a judge says. */
export function verdicts(byId: Record<string, unknown>): Answer {
  return { text: JSON.stringify({ verdicts: byId }) };
}
