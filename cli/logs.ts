import { configure, getConsoleSink, getTextFormatter } from "@logtape/logtape";
import type { LogLevel } from "../core/config.ts";

/** Human lines on the console, from this level on. */
export async function configureLogs(level: LogLevel): Promise<void> {
  const formatter = getTextFormatter({ timestamp: "time", level: "FULL", category: () => "" });
  await configure({
    reset: true,
    sinks: { console: getConsoleSink({ formatter }) },
    loggers: [
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["console"] },
      { category: ["ccproxy"], lowestLevel: toLogTape(level), sinks: ["console"] },
    ],
  });
}

function toLogTape(level: LogLevel) {
  return level.toLowerCase() as Lowercase<LogLevel>;
}
