/** The layers of the house (ARCHITECTURE.md), proven from what `deno info` says each file imports. */
import assert from "node:assert/strict";

/** The files of the core that serve, and what is above them; all others only convert. */
const SERVING =
  "answer|body|call|door|inquiry|link|meter|pages|pass|schema|server|traffic|upstream";

/** Low to high: a file imports from its own layer and from lower ones. Its layer is the first that fits its path. */
const LAYERS: readonly (readonly [string, RegExp])[] = [
  ["protocol", /^core\/protocol\//],
  ["contract", /^core\/(?:contract|errors|journal)\.ts$|^core\/stream\//],
  ["convert", new RegExp(`^core/(?!(?:mod|assemble|${SERVING})\\.ts$)`)],
  ["kit", /^core\/mod\.ts$/],
  ["serving", new RegExp(`^core/(?:${SERVING})\\.ts$`)],
  ["assemble", /^core\/assemble\.ts$/],
  ["parts", /^(?:providers|plugins)\//],
  ["cli", /^cli\//],
  ["main", /^main\.ts$/],
];

/** Edges that lead upwards, all of types, which are gone when the program runs. */
const TYPES_UPWARD: ReadonlySet<string> = new Set([
  // A contract may name the settings that it hands on.
  "core/contract.ts -> core/config.ts",
]);

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

const ROOT = new URL("..", import.meta.url);

async function readEdges(): Promise<Edge[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "main.ts"],
    cwd: ROOT,
    stderr: "null",
  }).output();
  const { modules }: Info = JSON.parse(new TextDecoder().decode(stdout));
  return modules.flatMap(({ specifier, dependencies = [] }) =>
    dependencies.flatMap(({ code, type }): Edge[] => {
      const from = pathOf(specifier);
      const to = pathOf(code?.specifier ?? type?.specifier);
      return from && to ? [{ from, to, typeOnly: code === undefined }] : [];
    })
  );
}

/** The path of a file of ours. */
function pathOf(specifier: string | undefined): string | undefined {
  return specifier?.startsWith(ROOT.href) && specifier.endsWith(".ts")
    ? specifier.slice(ROOT.href.length)
    : undefined;
}

function layerOf(path: string): number {
  const layer = LAYERS.findIndex(([, pattern]) => pattern.test(path));
  assert.notEqual(layer, -1, `${path} belongs to no layer`);
  return layer;
}

function describe({ from, to }: Edge): string {
  return `${from} -> ${to}`;
}

const edges = await readEdges();

Deno.test("the layers are read from the whole program", () => {
  const files = new Set(edges.flatMap(({ from, to }) => [from, to]));
  for (const file of ["main.ts", "core/upstream.ts", "providers/openai.ts", "plugins/retry.ts"]) {
    assert.ok(files.has(file), `${file} is part of it`);
  }
});

Deno.test("no file imports from a higher layer", () => {
  const upward = edges.filter((edge) => layerOf(edge.to) > layerOf(edge.from))
    .filter((edge) => !(edge.typeOnly && TYPES_UPWARD.has(describe(edge))));
  assert.deepEqual(upward.map(describe), []);
});

Deno.test("core imports no provider, no plugin and no command", () => {
  const outward = edges.filter(({ from, to }) =>
    from.startsWith("core/") && !to.startsWith("core/")
  );
  assert.deepEqual(outward.map(describe), []);
});

Deno.test("providers and plugins import core/mod.ts and their neighbours, nothing else", () => {
  const stray = edges.filter(({ from, to }) => {
    const folder = /^(?:providers|plugins)\//.exec(from)?.[0];
    return folder !== undefined && to !== "core/mod.ts" && !to.startsWith(folder);
  });
  assert.deepEqual(stray.map(describe), []);
});

Deno.test("only main.ts knows the list of providers and the list of plugins", () => {
  const lists = edges.filter(({ to }) => to === "providers/mod.ts" || to === "plugins/mod.ts");
  assert.deepEqual(lists.map(({ from }) => from), ["main.ts", "main.ts"]);
});

Deno.test("no two files of the running program import each other in a circle", () => {
  const running = edges.filter(({ typeOnly }) => !typeOnly);
  const done = new Set<string>();
  function visit(file: string, path: readonly string[]): void {
    assert.ok(!path.includes(file), `a circle: ${[...path, file].join(" -> ")}`);
    if (done.has(file)) return;
    for (const { from, to } of running) if (from === file) visit(to, [...path, file]);
    done.add(file);
  }
  visit("main.ts", []);
});
