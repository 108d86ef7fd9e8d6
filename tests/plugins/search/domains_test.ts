import assert from "node:assert/strict";
import { within, withSites } from "../../../plugins/search/domains.ts";

const rows: readonly [string, string[], string[], boolean][] = [
  ["https://a.example/x", [], [], true],
  ["https://a.example/x", ["a.example"], [], true],
  ["https://www.a.example/x", ["a.example"], [], true],
  ["https://nota.example/x", ["a.example"], [], false],
  ["https://a.example/x", ["www.a.example"], [], false],
  ["https://www.a.example/x", ["*.a.example"], [], true],
  ["https://a.example/x", ["https://A.example/"], [], true],
  ["https://a.example/blog/1", ["a.example/blog"], [], true],
  ["https://a.example/shop", ["a.example/blog"], [], false],
  ["https://a.example/x", [], ["a.example"], false],
  ["https://a.example/x", ["a.example"], ["a.example/x"], false],
  ["https://b.example/", ["a.example", "b.example"], [], true],
  ["javascript:alert(1)", [], [], false],
  ["https://", [], [], false],
];

for (const [url, allowedDomains, blockedDomains, expected] of rows) {
  const scope = `allowed [${allowedDomains}], blocked [${blockedDomains}]`;
  Deno.test(`within(): ${url} is ${expected ? "in" : "out"} with ${scope}`, () => {
    assert.equal(within(url, { maxUses: 1, allowedDomains, blockedDomains }), expected);
  });
}

Deno.test("withSites() writes the places as operators, but blocks no whole host for a path", () => {
  const scope = {
    maxUses: 1,
    allowedDomains: ["a.example/blog", "b.example"],
    blockedDomains: ["c.example", "d.example/x"],
  };
  assert.equal(withSites("q", scope), "q site:a.example OR site:b.example -site:c.example");
});
