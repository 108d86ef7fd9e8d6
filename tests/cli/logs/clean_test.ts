import assert from "node:assert/strict";
import { join } from "node:path";
import { keepClean } from "../../../cli/logs.ts";
import { cleanLogs, list } from "../../../cli/logs/clean.ts";
import { inFolder } from "../../support/folder.ts";

const TODAY = new Date("2026-11-22T02:00:00Z");

function fill(directory: string): void {
  for (const day of ["2026-11-17", "2026-11-18", "2026-11-21"]) {
    Deno.writeTextFileSync(join(directory, `Kimi-K2-${day}.1.log`), `line of ${day}\n`);
  }
  Deno.writeTextFileSync(join(directory, "Kimi-K2.log"), "now\n");
}

async function gunzip(path: string): Promise<string> {
  const file = await Deno.open(path);
  return await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
}

Deno.test("cleanLogs() removes old archives and compresses the others", () =>
  inFolder(async (directory) => {
    fill(directory);
    const cleaned = await cleanLogs(directory, { days: 3, today: TODAY });
    assert.equal(cleaned.removed.length, 2);
    assert.deepEqual(list(directory).sort(), ["Kimi-K2-2026-11-21.1.log.gz", "Kimi-K2.log"]);
    const archive = join(directory, "Kimi-K2-2026-11-21.1.log.gz");
    assert.equal(await gunzip(archive), "line of 2026-11-21\n");
  }));

Deno.test("cleanLogs() finds nothing to do in a folder that does not exist", async () => {
  const cleaned = await cleanLogs("/nonexistent/logs", { days: 3, today: TODAY });
  assert.deepEqual(cleaned, { removed: [], compressed: [] });
});

Deno.test("keepClean() cleans at the start, and at two each night by the day it is then", () =>
  inFolder(async (directory) => {
    fill(directory);
    let today = new Date("2026-11-20T12:00:00Z");
    let night = () => Promise.resolve();
    const files = { directory, name: "Kimi-K2", retentionDays: 3 };
    await keepClean(files, (_name, when, job) => {
      assert.equal(when, "0 2 * * *");
      night = job;
    }, () => today);
    assert.equal(list(directory).length, 4);
    today = new Date("2026-11-23T02:00:00Z");
    await night();
    assert.deepEqual(list(directory).sort(), ["Kimi-K2-2026-11-21.1.log.gz", "Kimi-K2.log"]);
  }));
