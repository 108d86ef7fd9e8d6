/**
 * One suite that every adapter passes. It plays conversations through the real program against a provider on loopback
 * that refuses and answers as yours does. For an adapter of your own:
 *
 * ```ts
 * import { plainDeltas, plainMessage, testAdapter } from "./conformance.ts";
 * testAdapter("mine", mine, {
 *   model: "mine-1",
 *   refuses: [(body) => "top_p" in body ? "Unknown field top_p" : undefined],
 *   message: (turn) => plainMessage(turn, "reasoning"),
 *   deltas: (turn) => plainDeltas(turn, "reasoning"),
 * });
 * ```
 *
 * All fields of the dialect are optional (support/dialect.ts). Every first request must succeed: a refusal fails the test
 * even if a retry would have cured it.
 */
import assert from "node:assert/strict";
import type { ProviderAdapter } from "../core/mod.ts";
import { ANSWERS } from "./conformance/answers.ts";
import { Bench, type Check } from "./conformance/bench.ts";
import { CAPTURED } from "./conformance/captured.ts";
import { errorChecks } from "./conformance/errors.ts";
import { HISTORIES } from "./conformance/histories.ts";
import { ODDITIES } from "./conformance/oddities.ts";
import { REQUESTS } from "./conformance/requests.ts";
import type { Dialect } from "./support/dialect.ts";
import { startSimulator } from "./support/simulator.ts";

export { type Dialect, plainDeltas, plainMessage, type SpokenTurn } from "./support/dialect.ts";

/** Registers the suite for an adapter under the name it has in the list of providers. */
export function testAdapter(name: string, adapter: ProviderAdapter, dialect: Dialect = {}): void {
  const checks: Check[] = [
    ...ANSWERS,
    ...HISTORIES,
    ...REQUESTS,
    ...CAPTURED,
    ...ODDITIES,
    ...errorChecks(dialect),
  ];
  for (const { sentence, run } of checks) {
    Deno.test(`${name}: ${sentence}`, async () => {
      await using simulator = startSimulator(dialect);
      await run(new Bench({ name, adapter, dialect, simulator }));
      assert.deepEqual(simulator.refusals, [], "the provider refused what it was sent");
    });
  }
}
