import assert from "node:assert/strict";
import { Recent } from "../../core/recent.ts";

Deno.test("Recent forgets what was set longest ago, however often it was set before", () => {
  const recent = new Recent<string, number>(2);
  recent.set("a", 1).set("b", 2).set("a", 3).set("c", 4);
  assert.deepEqual([...recent], [["a", 3], ["c", 4]]);
});
