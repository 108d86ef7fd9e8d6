import assert from "node:assert/strict";
import { type EffortName, nearestEffort } from "../../../core/mod.ts";

const FEW = ["low", "high", "max"] as const;

for (
  const [asked, known, wanted] of [
    ["none", FEW, "low"],
    ["low", FEW, "low"],
    ["medium", FEW, "high"],
    ["xhigh", FEW, "high"],
    ["max", FEW, "max"],
    ["none", ["minimal", "low"], "minimal"],
    ["low", ["medium", "high"], "medium"],
    ["max", ["none", "low", "medium", "high", "xhigh"], "xhigh"],
    ["medium", ["low", "high"], "high"],
    ["high", [], undefined],
  ] as readonly (readonly [EffortName, readonly EffortName[], EffortName | undefined])[]
) {
  Deno.test(`nearestEffort() of ${known.join(", ") || "nothing"} for ${asked} is ${wanted} (Q24)`, () => {
    assert.equal(nearestEffort(asked, known), wanted);
  });
}
