/** What stands in deploy/ fits the program. */
import assert from "node:assert/strict";
import { REFERENCES } from "../cli/secrets.ts";
import { SETTINGS } from "../core/config.ts";

const root = new URL("../", import.meta.url);

function read(file: string): string {
  return Deno.readTextFileSync(new URL(file, root));
}

const dockerfile = read("deploy/Dockerfile");

Deno.test("the Dockerfile starts ccproxy with the permissions and the memory of the start task", () => {
  const entry: string[] = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(dockerfile)?.[1] ?? "[]");
  const { tasks } = JSON.parse(read("deno.json"));
  const task: string[] = tasks.start.split(" ");
  const flags = (words: readonly string[]) => words.filter((word) => /^--(?:allow|v8)/.test(word));
  assert.deepEqual(flags(entry), flags(task));
});

Deno.test("the Dockerfile copies what there is, and .dockerignore lets it through", () => {
  const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, names]) =>
    names!.split(" ")
  );
  const allowed = read(".dockerignore").split("\n").filter((line) => line.startsWith("!"))
    .map((line) => line.slice(1));
  assert.deepEqual(copied.sort(), allowed.sort());
  for (const name of copied) assert.ok(Deno.statSync(new URL(name, root)), name);
});

for (const file of ["deploy/compose.yaml", "deploy/kubernetes/deployment.yaml"]) {
  Deno.test(`${file} sets only variables that are read`, () => {
    const known = new Set([...SETTINGS, ...REFERENCES]);
    const named = [...read(file).matchAll(/\b([A-Z][A-Z_]+)(?=:)|name: ([A-Z_]{3,})/g)]
      .map(([, one, other]) => one ?? other!);
    assert.ok(named.length > 0);
    for (const name of named) assert.ok(known.has(name), name);
  });
}

Deno.test("a pod is given more time to end than its answers are", () => {
  const text = read("deploy/kubernetes/deployment.yaml");
  const grace = Number(/SHUTDOWN_GRACE: "(\d+)"/.exec(text)?.[1]);
  const platform = Number(/terminationGracePeriodSeconds: (\d+)/.exec(text)?.[1]);
  const pause = Number(/preStop:\s+sleep: \{ seconds: (\d+)/.exec(text)?.[1]);
  assert.ok(grace + pause < platform, `${grace} + ${pause} < ${platform}`);
});
