import assert from "node:assert/strict";
import type { LogLevel, LogRecord } from "@logtape/logtape";
import { gathering } from "../../../cli/logs/gather.ts";

function record(text: string, level: LogLevel = "info"): LogRecord {
  return { category: [], level, message: [text], rawMessage: text, timestamp: 0, properties: {} };
}

function textsOf(records: readonly LogRecord[]): unknown[] {
  return records.map(({ rawMessage }) => rawMessage);
}

Deno.test("gathering() hands records on later, together and in order", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  let seen = "";
  const sink = gathering((records) => {
    seen += textsOf(records).join("");
    resolve(seen);
  });
  sink(record("a"));
  sink(record("b"));
  assert.equal(seen, "");
  // The sink's own timer keeps no process alive; this one does.
  const alive = setTimeout(() => {}, 5_000);
  assert.equal(await promise, "ab");
  clearTimeout(alive);
});

Deno.test("gathering() writes an error at once, after what waits", () => {
  const seen: unknown[] = [];
  const sink = gathering((records) => void seen.push(...textsOf(records)));
  sink(record("before"));
  sink(record("broken", "error"));
  assert.deepEqual(seen, ["before", "broken"]);
});

Deno.test("gathering() loses nothing when it is closed", () => {
  const seen: unknown[] = [];
  const inner = Object.assign(
    (records: readonly LogRecord[]) => void seen.push(...textsOf(records)),
    {
      [Symbol.dispose]: () => void seen.push("closed"),
    },
  );
  const sink = gathering(inner);
  sink(record("last"));
  sink[Symbol.dispose]();
  assert.deepEqual(seen, ["last", "closed"]);
});
