import assert from "node:assert/strict";
import { join } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };
import { checksumLine, compileArguments, explain, TARGETS } from "../../scripts/targets.ts";
import { freePorts } from "../support/command.ts";
import { inFolder } from "../support/folder.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

Deno.test("compileArguments() names the target and a file of its own for each", () => {
  const files = TARGETS.map((target) => compileArguments(target, "dist").at(-2));
  assert.deepEqual(files, [
    "dist/ccproxy-linux-x64",
    "dist/ccproxy-linux-arm64",
    "dist/ccproxy-macos-x64",
    "dist/ccproxy-macos-arm64",
    "dist/ccproxy-windows-x64.exe",
  ]);
  assert.ok(compileArguments(TARGETS[3], "dist").includes("aarch64-apple-darwin"));
  assert.ok(!compileArguments(undefined, "dist").includes("--target"));
  assert.ok(compileArguments(undefined, "dist", "2.9.5").includes("--exclude-unused-npm"));
  assert.ok(!compileArguments(undefined, "dist", "2.4.2").includes("--exclude-unused-npm"));
});

Deno.test("the binary has the flags of the ccproxy task, and V8 is told what the start task tells it", () => {
  const { ccproxy, start } = denoJson.tasks;
  const [, , ...flags] = ccproxy.split(" ");
  const compiled = compileArguments(undefined, "dist");
  assert.deepEqual(flags.filter((flag) => !compiled.includes(flag)), []);
  assert.ok(flags.length > 5);
  const v8 = (words: readonly string[]) => words.filter((word) => word.startsWith("--v8-flags"));
  assert.deepEqual(v8(compiled), v8(start.split(" ")));
});

Deno.test("explain() says what to do where the base binary cannot be had", () => {
  const offline = "error sending request for url (https://dl.deno.land/x.zip): dns error";
  assert.match(explain(offline, undefined) ?? "", /set DENORT_BIN/);
  assert.match(explain(offline, "/tmp/denort") ?? "", /DENORT_BIN is \/tmp\/denort/);
  assert.equal(explain("error: Module not found", undefined), undefined);
});

Deno.test("checksumLine() is what sha256sum reads", () => {
  assert.equal(checksumLine(new Uint8Array([0, 255]), "ccproxy"), "00ff  ccproxy");
});

/** Undefined where this machine cannot get the base binary; then it has been said. */
async function compiled(folder: string): Promise<string | undefined> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: compileArguments(undefined, folder),
    cwd: ROOT,
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(120_000),
  }).output();
  if (success) return join(folder, "ccproxy");
  const complaint = new TextDecoder().decode(stderr);
  const reason = explain(complaint, Deno.env.get("DENORT_BIN"));
  assert.notEqual(reason, undefined, complaint);
  console.error(`SKIPPED: the binary cannot be tried here. ${reason}`);
  return undefined;
}

Deno.test("the binary starts in under half a second, serves, and ends on SIGTERM", () =>
  inFolder(async (folder) => {
    const program = await compiled(folder);
    if (program === undefined) return;
    const [port] = freePorts(1);
    const startedAt = performance.now();
    const proxy = new Deno.Command(program, {
      args: ["start", "--host", "127.0.0.1", "--port", String(port)],
      cwd: folder,
      clearEnv: true,
      env: { OPENAI_BASE_URL: "http://127.0.0.1:1999/v1" },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = proxy.stdout.getReader();
    await reader.read();
    const milliseconds = performance.now() - startedAt;
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    assert.equal((await health.json()).status, "healthy");
    proxy.kill("SIGTERM");
    while (!(await reader.read()).done);
    assert.equal((await proxy.status).code, 0);
    assert.ok(milliseconds < 500, `${milliseconds} ms`);
  }));
