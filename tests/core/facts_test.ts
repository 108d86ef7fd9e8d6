import assert from "node:assert/strict";
import { parseFacts, withFacts } from "../../core/facts.ts";

const ADAPTER = {
  baseUrl: "http://127.0.0.1",
  facts: () => ({ context: 1000, output: 100, vision: false }),
};

Deno.test("withFacts() lets what is said of a model win over what the adapter knows", () => {
  const known = parseFacts({ models: { "my-model": { output: 200, vision: true } } }, "file");
  const adapter = withFacts(ADAPTER, (model) => known[model]);
  assert.deepEqual(adapter.facts?.("my-model"), { context: 1000, output: 200, vision: true });
  assert.deepEqual(adapter.facts?.("other"), ADAPTER.facts());
});

Deno.test("withFacts() adds facts where the adapter has none", () => {
  const known = parseFacts({ models: { "my-model": { files: true } } }, "file");
  const adapter = withFacts({ baseUrl: "http://127.0.0.1" }, (model) => known[model]);
  assert.deepEqual(adapter.facts?.("my-model"), { files: true });
});

for (
  const [value, says] of [
    [[], /^file: .*expected object/],
    [{ model: {} }, /^file: .*"model"/],
    [{ models: { a: { window: 1 } } }, /^file: models\.a: .*"window"/],
    [{ models: { a: { context: "8k" } } }, /^file: models\.a\.context: /],
    [{ models: { a: { output: 0 } } }, /^file: models\.a\.output: must be above 0$/],
    [{ models: { a: { output: 1.5 } } }, /^file: models\.a\.output: must be a whole number$/],
  ] as const
) {
  Deno.test(`parseFacts() says in one line what is wrong with ${JSON.stringify(value)}`, () => {
    assert.throws(() => parseFacts(value, "file"), { name: "ConfigError", message: says });
  });
}
