import assert from "node:assert/strict";
import { lastLines, toPlain } from "../../cli/fleet/log_lines.ts";
import { align, duration } from "../../cli/output.ts";

Deno.test("align() sets columns two spaces apart, whatever is coloured", () => {
  const rows = [["NAME", "STATE"], ["Kimi-K2", "\x1b[32mup\x1b[0m", "8081"], [
    "GLM",
    "down",
    "8082",
  ]];
  assert.equal(
    align(rows),
    "NAME     STATE\nKimi-K2  \x1b[32mup\x1b[0m     8081\nGLM      down   8082",
  );
});

Deno.test("duration() names the two largest units", () => {
  const said = [0, 59, 60, 3661, 90061].map(duration);
  assert.deepEqual(said, ["0 s", "59 s", "1 min", "1 h 1 min", "1 d 1 h"]);
});

Deno.test("lastLines() and toPlain() show a log file to people", () => {
  const line = '{"time":"2026-11-22T02:00:00.000Z","level":"INFO","message":"hello","id":1}';
  assert.deepEqual(lastLines(`one\ntwo\n${line}\n`, 2), ["two", line]);
  assert.equal(toPlain(line), "2026-11-22 02:00:00 INFO    hello");
  assert.equal(toPlain("no JSON"), "no JSON");
});
