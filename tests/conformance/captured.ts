/** What the real client sent, with its own tools and schemas, is accepted. */
import assert from "node:assert/strict";
import { captured } from "../support/captured.ts";
import { post } from "../support/conversation.ts";
import type { Check } from "./bench.ts";

const REQUESTS: Readonly<Record<string, string>> = {
  "01": "a first turn",
  "02": "a turn after a search for tools",
  "03": "a turn after a loaded tool failed",
  "04": "a turn after parallel calls, with thinking",
  "05": "an image and a PDF in results",
  "06": "a subagent's first turn",
  "07": "a notification of an agent in the background",
  "09": "a turn after one that was cut off",
  "11": "a title",
  "12": "an interactive first turn",
  "17": "a compaction",
};

export const CAPTURED: readonly Check[] = Object.entries(REQUESTS).map(([number, title]) => ({
  sentence: `Claude Code's own request is accepted: ${title}`,
  async run({ program, model }) {
    const { status, events } = await post(program, { ...captured(number), model });
    assert.equal(status, 200, JSON.stringify(events.at(-1)));
    assert.equal(events.at(-1)?.type, "message_stop");
  },
}));
