import assert from "node:assert/strict";
import { archiveName, expired, uncompressed } from "../../../cli/logs/retention.ts";

const FILES = [
  "Kimi-K2.log",
  "Kimi-K2-2026-11-18.1.log.gz",
  "Kimi-K2-2026-11-19.1.log.gz",
  "Kimi-K2-2026-11-21.1.log",
  "notes-2026-01-01.txt",
];

Deno.test("expired() names archives older than the kept days, and nothing else", () => {
  const today = new Date("2026-11-22T02:00:00Z");
  assert.deepEqual(expired(FILES, today, 3), ["Kimi-K2-2026-11-18.1.log.gz"]);
  assert.deepEqual(expired(FILES, today, 0), FILES.slice(1, 4));
});

Deno.test("uncompressed() leaves out the file that is being written", () => {
  assert.deepEqual(uncompressed(FILES), ["Kimi-K2-2026-11-21.1.log"]);
});

Deno.test("archiveName() takes the next number of that name and day", () => {
  assert.equal(archiveName("Kimi-K2", "2026-11-22", FILES), "Kimi-K2-2026-11-22.1.log");
  assert.equal(archiveName("Kimi-K2", "2026-11-21", FILES), "Kimi-K2-2026-11-21.2.log");
  assert.equal(archiveName("Kimi", "2026-11-21", FILES), "Kimi-2026-11-21.1.log");
});
