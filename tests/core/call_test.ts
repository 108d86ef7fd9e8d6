import assert from "node:assert/strict";
import { fitWindow, type Route } from "../../core/call.ts";

const ROUTE: Route = {
  provider: "example",
  adapter: { baseUrl: "https://example.com", facts: () => ({ context: 1000 }) },
  baseUrl: "https://example.com",
  apiKey: "",
  env: {},
  readDocuments: () => Promise.resolve(new Map()),
};

const BODY = { model: "m", messages: [] };

const CASES: readonly [string, object, number, object][] = [
  ["lowers max_tokens to what the prompt leaves", { max_tokens: 900 }, 400, { max_tokens: 600 }],
  ["knows the limit's other name", { max_completion_tokens: 900 }, 400, {
    max_completion_tokens: 600,
  }],
  ["leaves what fits", { max_tokens: 500 }, 400, { max_tokens: 500 }],
  ["leaves a prompt that is too long to the provider's refusal", { max_tokens: 9 }, 1001, {
    max_tokens: 9,
  }],
];

for (const [sentence, limit, prompt, expected] of CASES) {
  Deno.test(`fitWindow() ${sentence}`, () => {
    assert.deepEqual(fitWindow({ ...BODY, ...limit }, prompt, "m", ROUTE), {
      ...BODY,
      ...expected,
    });
  });
}
