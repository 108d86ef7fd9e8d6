import assert from "node:assert/strict";
import { join } from "node:path";
import { list } from "../../../cli/logs/clean.ts";
import { LogFile, type LogFileOptions } from "../../../cli/logs/file.ts";
import { inFolder } from "../../support/folder.ts";

function logFile(directory: string, changes: Partial<LogFileOptions> = {}) {
  const complaints: string[] = [];
  const file = new LogFile({
    directory,
    name: "Kimi-K2",
    maxBytes: 1000,
    now: () => new Date(),
    complain: (sentence) => complaints.push(sentence),
    rotated: () => {},
    ...changes,
  });
  return { file, complaints };
}

Deno.test("LogFile appends to what an earlier process wrote", () =>
  inFolder((directory) => {
    for (const line of ["one", "two"]) {
      const { file } = logFile(directory);
      file.write(line);
      file.close();
    }
    assert.equal(Deno.readTextFileSync(join(directory, "Kimi-K2.log")), "one\ntwo\n");
  }));

Deno.test("LogFile sets the file aside when a day has passed", () =>
  inFolder((directory) => {
    let time = new Date("2026-11-21T23:59:59Z");
    let rotations = 0;
    const { file } = logFile(directory, { now: () => time, rotated: () => rotations++ });
    file.write("yesterday");
    file.flush();
    time = new Date("2026-11-22T00:00:01Z");
    file.write("today");
    file.close();
    const archived = Deno.readTextFileSync(join(directory, "Kimi-K2-2026-11-21.1.log"));
    assert.equal(archived, "yesterday\n");
    assert.equal(Deno.readTextFileSync(join(directory, "Kimi-K2.log")), "today\n");
    assert.equal(rotations, 1);
  }));

Deno.test("LogFile sets the file aside when it is full", () =>
  inFolder((directory) => {
    const { file } = logFile(directory, { now: () => new Date("2026-11-22T12:00:00Z") });
    for (const letter of "abc") {
      file.write(letter.repeat(600));
      file.flush();
    }
    file.close();
    assert.deepEqual(list(directory).sort(), [
      "Kimi-K2-2026-11-22.1.log",
      "Kimi-K2-2026-11-22.2.log",
      "Kimi-K2.log",
    ]);
  }));

Deno.test("LogFile complains once, loses lines, and tries again after half a minute", () =>
  inFolder((directory) => {
    const blocked = join(directory, "logs");
    Deno.writeTextFileSync(blocked, "a file where the folder should be");
    let time = new Date("2026-11-22T12:00:00Z");
    const { file, complaints } = logFile(blocked, { now: () => time });
    assert.match(complaints[0]!, /Cannot write .*Kimi-K2\.log: .*Requests go on/);
    for (const line of ["lost", "lost too"]) {
      file.write(line);
      file.flush();
    }
    assert.equal(complaints.length, 1);
    Deno.removeSync(blocked);
    time = new Date("2026-11-22T12:00:31Z");
    file.write("kept");
    file.close();
    assert.equal(Deno.readTextFileSync(join(blocked, "Kimi-K2.log")), "kept\n");
  }));

Deno.test("LogFile writes what waits half a second after it came", async () => {
  const { mock } = await import("node:test");
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    await inFolder((directory) => {
      const { file } = logFile(directory);
      const written = () => Deno.readTextFileSync(join(directory, "Kimi-K2.log"));
      file.write("waits");
      assert.equal(written(), "");
      mock.timers.tick(500);
      assert.equal(written(), "waits\n");
      file.close();
    });
  } finally {
    mock.timers.reset();
  }
});
