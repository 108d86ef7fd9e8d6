/** Refusals and faults of the provider become what makes the client do the right thing. */
import assert from "node:assert/strict";
import { post } from "../support/conversation.ts";
import type { Dialect, ErrorCase } from "../support/dialect.ts";
import type { Check } from "./bench.ts";

const EVERYWHERE: readonly ErrorCase[] = [
  {
    status: 401,
    body: { error: { message: "Incorrect API key provided", code: "invalid_api_key" } },
    expect: { status: 401, type: "authentication_error", says: /OPENAI_API_KEY/ },
  },
  {
    status: 429,
    body: { error: { message: "Rate limit reached, try again in 2s" } },
    expect: { status: 429, type: "rate_limit_error" },
  },
  {
    status: 400,
    body: { error: { message: "Too long", code: "context_length_exceeded" } },
    expect: { status: 400, says: /^prompt is too long/ },
  },
  { status: 500, body: "", expect: { status: 502, type: "api_error" } },
  {
    status: 503,
    body: "<html><title>Service Unavailable</title></html>",
    expect: { status: 529, type: "overloaded_error", says: /Service Unavailable/ },
  },
  {
    status: 200,
    body: { error: { message: "worker died" } },
    expect: { status: 502, says: /worker died/ },
  },
];

export function errorChecks(dialect: Dialect): Check[] {
  return [...[...EVERYWHERE, ...dialect.errors ?? []].map(errorCheck), BROKEN_STREAM];
}

function errorCheck({ status, body, headers, expect }: ErrorCase): Check {
  const said = typeof body === "string" ? body : JSON.stringify(body);
  return {
    sentence: `HTTP ${status} ${said.slice(0, 80)} becomes HTTP ${expect.status}`,
    async run(bench) {
      bench.simulator.script({ status, body, ...(headers ? { headers } : {}) });
      for (const stream of [false, true]) {
        const answered = await post(bench.program, bench.question({ stream }));
        assert.equal(answered.status, expect.status, JSON.stringify(answered.events));
        const [event] = answered.events;
        assert.ok(event?.type === "error");
        if (expect.type !== undefined) assert.equal(event.error.type, expect.type);
        if (expect.says !== undefined) assert.match(event.error.message, expect.says);
      }
    },
  };
}

const BROKEN_STREAM: Check = {
  sentence: "an error in the middle of a stream ends it with an error",
  async run(bench) {
    const delta = { role: "assistant", content: "Half" };
    bench.simulator.script({
      frames: [
        { choices: [{ index: 0, delta, finish_reason: null }] },
        { error: { message: "worker died", code: 502 } },
      ],
    });
    const { events } = await post(bench.program, bench.question({ stream: true }));
    assert.equal(events.at(-1)?.type, "error");
  },
};
