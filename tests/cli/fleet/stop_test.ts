import assert from "node:assert/strict";
import { join } from "node:path";
import { readRecord, record } from "../../../cli/fleet/process.ts";
import { end } from "../../../cli/fleet/stop.ts";
import { inFolder } from "../../support/folder.ts";

const STUBBORN = `Deno.addSignalListener("SIGTERM", () => {}); console.log("ready");
setInterval(() => {}, 1000);`;

Deno.test("end() kills a process that does not heed SIGTERM within the grace time", () =>
  killsWithin(Deno.env.get("PATH") ?? ""));

Deno.test("end() waits as long where the system has no ps to ask", () =>
  killsWithin("/nonexistent"));

function killsWithin(path: string): Promise<void> {
  return inFolder(async (directory) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", STUBBORN],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    const before = Deno.cwd();
    const pathBefore = Deno.env.get("PATH") ?? "";
    Deno.env.set("PATH", path);
    Deno.chdir(directory);
    try {
      Deno.mkdirSync(join(directory, "pids"));
      await record("stubborn", child.pid);
      assert.equal(await end(readRecord("stubborn")!, 300), "killed");
    } finally {
      Deno.chdir(before);
      Deno.env.set("PATH", pathBefore);
    }
    assert.equal((await child.status).signal, "SIGKILL");
    await reader.cancel();
  });
}
