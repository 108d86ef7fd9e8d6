import assert from "node:assert/strict";
import { CUSTOM_HEADER, SETTINGS } from "../core/config.ts";
import { REFERENCES } from "../cli/secrets.ts";
import { providers } from "../providers/mod.ts";

function read(file: string): string {
  return Deno.readTextFileSync(new URL(`../${file}`, import.meta.url));
}

const OWN = Object.values(providers).flatMap(({ env = [] }) => env);
const ALL = new Set([...SETTINGS, ...OWN, ...REFERENCES]);

Deno.test(".env.example has every setting, and no other", () => {
  const named = [...read(".env.example").matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name ?? "");
  assert.deepEqual(named.filter((name) => !name.startsWith(CUSTOM_HEADER)).sort(), [...ALL].sort());
});

Deno.test("the README's table of settings has every setting, and no other", () => {
  const table = read("README.md").split("\n").filter((line) => line.startsWith("| `"));
  const named = table.flatMap((line) =>
    [...(line.split("|")[1] ?? "").matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name ?? "")
  );
  assert.deepEqual(named.sort(), [...ALL].sort());
});

Deno.test("the README's table of dependencies has every package, and no other", () => {
  const { imports } = JSON.parse(read("deno.json"));
  const packages = Object.entries(imports as Record<string, string>)
    .filter(([, target]) => target.startsWith("npm:")).map(([name]) => name.replace(/\/$/, ""));
  const table = read("README.md").split("## Dependencies")[1] ?? "";
  const rows = table.split("\n").filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((line) =>
    [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "")
  );
  assert.deepEqual(named.sort(), packages.sort());
});

for (const file of ["README.md", "ARCHITECTURE.md", ...docs()]) {
  Deno.test(`the links of ${file} lead to files`, () => {
    const folder = new URL(`../${file}`, import.meta.url);
    for (const [, target = ""] of read(file).matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (/^https?:/.test(target)) continue;
      assert.ok(Deno.statSync(new URL(target, folder)), target);
    }
  });
}

function docs(): string[] {
  const folder = new URL("../docs/", import.meta.url);
  return [...Deno.readDirSync(folder)].map(({ name }) => `docs/${name}`)
    .filter((name) => name.endsWith(".md"));
}

Deno.test("docs/adapters.md names every word that an adapter or a plugin may import", async () => {
  const text = read("docs/adapters.md");
  const words = Object.keys(await import("../core/mod.ts"));
  assert.deepEqual(words.filter((word) => !text.includes(word)), []);
});

Deno.test("every file that ARCHITECTURE.md and CONTRIBUTING.md name is there", () => {
  for (const page of ["ARCHITECTURE.md", "CONTRIBUTING.md"]) {
    const named = [...read(page).matchAll(/`((?:\w+\/)+(?:\w+\.ts)?)`/g)].map(([, path = ""]) =>
      path
    );
    assert.ok(named.length > 3, page);
    for (const path of named.filter((path) => !path.includes("NAME"))) {
      Deno.statSync(new URL(`../${path}`, import.meta.url));
    }
  }
});
