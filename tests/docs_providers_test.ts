/** docs/providers.md says what is so. */
import assert from "node:assert/strict";
import { parseEnv } from "node:util";
import { assemble } from "../core/assemble.ts";
import { parseConfig } from "../core/config.ts";
import { providers } from "../providers/mod.ts";

const root = new URL("../", import.meta.url);
const text = Deno.readTextFileSync(new URL("docs/providers.md", root));
const sections = text.split(/^## /m).slice(1).map((section) => {
  const title = section.split("\n", 1)[0]!;
  return { title, section, env: [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, env]) => env!) };
});
const names = Object.fromEntries(
  [...text.matchAll(/^\| \[([^\]]+)\]\([^)]*\)\s*\| `(\w+)`/gm)].map((
    [, title, name],
  ) => [title!, name!]),
);

for (const { title, env } of sections) {
  for (const [position, lines] of env.entries()) {
    Deno.test(`docs/providers.md: the lines of ${title} (${position + 1}) select its adapter`, () => {
      const config = parseConfig({ OPENAI_API_KEY: "key", ...parseEnv(lines) });
      const program = assemble(config, { providers, plugins: [], version: "0.0.0" });
      assert.equal(program.provider, names[title]);
      if (lines.includes("BIG_MODEL")) assert.match(lines, /^SMALL_MODEL=/m);
    });
  }
}

Deno.test("docs/providers.md: each quirk it names is in the name of a test", () => {
  const tested = [...testTexts(new URL("tests/", root))].join("\n");
  const claimed = text.split("## Quirks that are not handled")[0]!.matchAll(
    /\bQ(\d+)(?:-Q(\d+))?/g,
  );
  const missing: string[] = [];
  for (const [, from, to] of claimed) {
    for (const end of new Set([from!, to ?? from!])) {
      if (!new RegExp(`\\bQ${end}\\b`).test(tested)) missing.push(`Q${end}`);
    }
  }
  assert.deepEqual(missing, []);
});

function* testTexts(folder: URL): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory && name !== "fixtures") yield* testTexts(new URL(`${name}/`, folder));
    else if (name.endsWith("_test.ts")) yield Deno.readTextFileSync(new URL(name, folder));
  }
}
