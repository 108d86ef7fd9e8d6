/** A log record as a line: JSON for files, plain words for people. */
import type { LogRecord } from "@logtape/logtape";

const COLORS = { debug: 90, info: 32, warning: 33, error: 31, fatal: 31, trace: 90 } as const;

/** `time`, `level`, `logger`, `message`, then the record's own fields. */
export function jsonLine(record: LogRecord): string {
  const { properties, category, level, timestamp } = record;
  return JSON.stringify({
    time: new Date(timestamp).toISOString(),
    level: level.toUpperCase(),
    logger: category.join("."),
    message: messageOf(record),
    ...properties,
  });
}

/** What the message leaves out is shown below it, a line each, at DEBUG only. */
export function humanLine(record: LogRecord, coloured: boolean): string {
  const time = new Date(record.timestamp).toTimeString().slice(0, 8);
  const name = record.level.toUpperCase().padEnd(7);
  const level = coloured ? `\x1b[${COLORS[record.level]}m${name}\x1b[0m` : name;
  const details = record.level === "debug" ? detailsOf(record) : "";
  return `${time} ${level} ${messageOf(record)}${details}`;
}

function messageOf({ message }: LogRecord): string {
  return message.map((part) => typeof part === "string" ? part : toText(part)).join("");
}

function detailsOf({ rawMessage, properties }: LogRecord): string {
  return Object.entries(properties)
    .filter(([name]) => !rawMessage.includes(`{${name}}`))
    .map(([name, value]) => `\n    ${name}: ${toText(value)}`).join("");
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
}
