import assert from "node:assert/strict";
import { readFailure, readInBandFailure } from "../../../core/convert/failure.ts";

function read(body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return readFailure(400, new Headers(headers), text);
}

/** Bodies of refusals (Q114), and the message and code in them. */
const BODIES: readonly [string, unknown, string, string?][] = [
  ["OpenAI", { error: { message: "No.", type: "invalid", code: "bad" } }, "No.", "bad"],
  [
    "OpenAI, without a code",
    { error: { message: "No.", type: "invalid", code: null } },
    "No.",
    "invalid",
  ],
  ["xAI", { code: "unavailable", error: "No." }, "No.", "unavailable"],
  ["Gemini", [{ error: { code: 400, message: "No.", status: "INVALID_ARGUMENT" } }], "No.", "400"],
  ["vLLM", { object: "error", message: "No.", type: "BadRequestError", code: 400 }, "No.", "400"],
  [
    "DashScope",
    { code: "InvalidParameter", message: "No.", request_id: "r" },
    "No.",
    "InvalidParameter",
  ],
  ["FastAPI", { detail: "No." }, "No."],
  [
    "FastAPI's list",
    { detail: [{ loc: ["body", "messages", 2], msg: "Extra", type: "x" }] },
    "body.messages.2: Extra",
  ],
  ["Azure's gateway", { statusCode: 401, message: "No." }, "No."],
  ["a message of JSON", { error: { message: 'failed: {"error":{"message":"No."}}' } }, "No."],
  ["a message that is JSON", { error: { message: '{"error":{"message":"No."}}' } }, "No."],
  ["plain text", "No.", "No."],
  [
    "a web page",
    "<html><head><title>502 Bad Gateway</title></head></html>",
    'a web page instead of an answer: "502 Bad Gateway"',
  ],
  ["a web page without a title", "<!doctype html><p>x", "a web page instead of an answer"],
  ["nothing", "", "HTTP 400 without an explanation"],
  ["an empty object", {}, "{}"],
  ["null", "null", "null"],
];

for (const [who, body, message, code = ""] of BODIES) {
  Deno.test(`readFailure() reads the refusal of ${who}`, () => {
    const failure = read(body);
    assert.equal(failure.message, message);
    assert.equal(failure.code, code);
  });
}

/** Where the wait stands (Q115), in seconds. */
const WAITS: readonly [string, unknown, Record<string, string>, number | undefined][] = [
  ["retry-after", {}, { "retry-after": "17" }, 17],
  ["retry-after-ms", {}, { "retry-after-ms": "1500" }, 2],
  ["RetryInfo", [{ error: { details: [{ retryDelay: "37s" }] } }], {}, 37],
  ["a sentence in fractions", { error: { message: "Please try again in 7.66s." } }, {}, 8],
  ["a sentence in words", { error: { message: "Please retry after 13 seconds" } }, {}, 13],
  ["minutes and seconds", { error: { message: "Please try again in 1m30s." } }, {}, 90],
  ["milliseconds", { error: { message: "Please try again in 850ms." } }, {}, 1],
  ["hours", { error: { message: "Please try again in 1h2m3.5s." } }, {}, 3724],
  ["minutes in words", { error: { message: "please retry after 5 minutes" } }, {}, 300],
  ["nowhere", { error: { message: "No." } }, {}, undefined],
  ["rubbish", {}, { "retry-after": "soon" }, undefined],
];

for (const [place, body, headers, seconds] of WAITS) {
  Deno.test(`readFailure() finds the wait in ${place}`, () => {
    assert.equal(read(body, headers).retryAfter, seconds);
  });
}

Deno.test("readFailure() reads a date as the seconds until then", () => {
  const until = new Date(Date.now() + 30_000).toUTCString();
  const { retryAfter = 0 } = read({}, { "retry-after": until });
  assert.ok(retryAfter >= 28 && retryAfter <= 31);
  assert.equal(read({}, { "retry-after": new Date(0).toUTCString() }).retryAfter, 0);
});

/** Frames of a successful answer that are errors (Q5). */
const FRAMES: readonly [string, Record<string, unknown>, string, number][] = [
  ["an object", { error: { message: "No.", code: 503 } }, "No.", 503],
  ["a text", { error: "No." }, "No.", 200],
  ["xAI's", { code: "unavailable", error: "No." }, "No.", 200],
  ["a flat one", { code: "InvalidParameter", message: "No." }, "No.", 200],
  ["vLLM's", { object: "error", message: "No.", code: 400 }, "No.", 400],
  [
    "Anthropic's",
    { type: "error", error: { type: "overloaded_error", message: "No." } },
    "No.",
    200,
  ],
];

for (const [what, frame, message, status] of FRAMES) {
  Deno.test(`readInBandFailure() finds ${what} in a frame`, () => {
    const failure = readInBandFailure({ choices: [], ...frame }, new Headers());
    assert.deepEqual([failure?.message, failure?.status], [message, status]);
  });
}

Deno.test("readInBandFailure() finds OpenRouter's error in a choice", () => {
  const choice = {
    delta: { content: "" },
    finish_reason: "error",
    error: { message: "No.", code: 502 },
  };
  const failure = readInBandFailure({ choices: [choice] }, new Headers());
  assert.deepEqual([failure?.message, failure?.status], ["No.", 502]);
});

Deno.test("readInBandFailure() takes no ordinary frame for an error", () => {
  for (const frame of [{}, { error: null }, { error: "" }, { code: "x" }, { message: "hello" }]) {
    assert.equal(readInBandFailure({ choices: [], ...frame }, new Headers()), undefined);
  }
});

Deno.test("readFailure() keeps the beginning of a sentence that quotes the prompt", () => {
  const message = `Invalid value: ${"the prompt ".repeat(10_000)}`;
  const failure = readFailure(400, new Headers(), JSON.stringify({ error: { message } }));
  assert.equal(failure.message, message.slice(0, 4_000));
});
