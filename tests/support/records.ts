import { configureSync, type LogRecord, resetSync } from "@logtape/logtape";

/** What ccproxy logs while something runs. */
export async function recordsOf(run: () => Promise<unknown>): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  configureSync({
    reset: true,
    sinks: { memory: (record) => void records.push(record) },
    loggers: [
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: [] },
      { category: ["ccproxy"], lowestLevel: "debug", sinks: ["memory"] },
    ],
  });
  try {
    await run();
  } finally {
    resetSync();
  }
  return records;
}

/** The messages of what is logged while something runs. */
export async function linesOf(run: () => Promise<unknown>): Promise<string[]> {
  return (await recordsOf(run)).map(({ message }) => message.join(""));
}
