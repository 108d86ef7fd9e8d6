/** Where log lines go: plain lines to the console, JSON lines to files. */
import { configureSync, disposeSync, getLogger, type LogRecord, type Sink } from "@logtape/logtape";
import type { LogLevel } from "../core/config.ts";
import type { Redact } from "../core/redact.ts";
import { type Cleaned, cleanLogs } from "./logs/clean.ts";
import { type BatchSink, gathering } from "./logs/gather.ts";
import { LogFile } from "./logs/file.ts";
import { humanLine, jsonLine } from "./logs/format.ts";
import { redact } from "./redaction.ts";

/** A file is set aside when it would grow beyond this, in bytes. */
const MAX_BYTES = 50 * 1024 * 1024;

/** UTC, because Deno.cron knows no other. */
const NIGHTLY = "0 2 * * *";

export interface LogOptions {
  readonly level: LogLevel;
  /** Hides what must never be written. */
  readonly hide?: Redact;
  readonly files?: LogFiles | undefined;
  /** Nothing goes to the console, terminal or not. */
  readonly quiet?: boolean;
  /** Where all goes instead of the console. */
  readonly to?: BatchSink;
}

export interface LogFiles {
  readonly directory: string;
  /** Whose lines they are: the file is NAME.log. */
  readonly name: string;
  /** Archives of earlier days than so many are removed. */
  readonly retentionDays: number;
}

/** Lines from this level on. Where there are files, the console is used only if it is a terminal. */
export function configureLogs(
  { level, hide = (text) => text, files, quiet = false, to }: LogOptions,
): void {
  const terminal = Deno.stdout.isTerminal();
  const batches: Record<string, BatchSink & Partial<Disposable>> = {};
  if (to !== undefined) batches["other"] = to;
  else if (!quiet && (files === undefined || terminal)) {
    batches["console"] = consoleSink(terminal && !Deno.noColor);
  }
  if (files !== undefined) batches["file"] = fileSink(files);
  const sinks = Object.fromEntries(
    Object.entries(batches).map(([name, batch]): [string, Sink] => [
      name,
      gathering(redacting(batch, hide)),
    ]),
  );
  const names = Object.keys(sinks);
  configureSync({
    reset: true,
    sinks,
    loggers: [
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: names },
      {
        category: ["ccproxy"],
        lowestLevel: level.toLowerCase() as Lowercase<LogLevel>,
        sinks: names,
      },
    ],
  });
  // Lines that wait are lost at the end of the process otherwise. A throw does not even come to "unload".
  globalThis.addEventListener("unload", closeLogs);
  globalThis.addEventListener("error", (event) => crash(event, event.error));
  globalThis.addEventListener("unhandledrejection", (event) => crash(event, event.reason));
  hideSecrets = hide;
}

let hideSecrets: Redact = (text) => text;

/** On the console, without the secrets that the logs were configured to hide: a plugin may have put them into an error. */
export function complain(text: string): void {
  console.error(hideSecrets(text));
}

let serving = false;

/** From here on a fault that no request waits for, as in a plugin's timer, is logged and ends no running answer. */
export function outliveFaults(): void {
  serving = true;
}

/** The last words of a process that cannot go on, in the log and on the console, without secrets. */
function crash(event: Event, thrown: unknown): void {
  event.preventDefault();
  const detail = thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
  if (serving) {
    getLogger(["ccproxy"]).error("A fault outside of any request: {detail}", { detail });
    return;
  }
  getLogger(["ccproxy"]).fatal("ccproxy crashed: {detail}", { detail });
  closeLogs();
  complain(`ccproxy crashed: ${detail}`);
  Deno.exit(1);
}

/** Writes what waits, and closes the files. */
export function closeLogs(): void {
  disposeSync();
}

/** Clears the log folder now, and each night from now on. `schedule` is Deno.cron but for tests. */
export async function keepClean(
  { directory, retentionDays }: LogFiles,
  schedule: (name: string, when: string, job: () => Promise<void>) => unknown = Deno.cron,
  now: () => Date = () => new Date(),
): Promise<void> {
  const job = () => tidy(directory, retentionDays, now());
  schedule("clean logs", NIGHTLY, job);
  await job();
}

/** A folder that cannot be cleaned is no reason not to serve. */
async function tidy(directory: string, days: number, today: Date): Promise<void> {
  await cleanLogs(directory, { days, today }).catch((thrown: unknown): Cleaned => {
    console.error(`Warning: cannot clean ${directory}: ${(thrown as Error).message}`);
    return { removed: [], compressed: [] };
  });
}

function consoleSink(coloured: boolean): BatchSink {
  return (records) => console.log(records.map((record) => humanLine(record, coloured)).join("\n"));
}

function fileSink({ directory, name, retentionDays }: LogFiles): BatchSink & Disposable {
  const file = new LogFile({
    directory,
    name,
    maxBytes: MAX_BYTES,
    now: () => new Date(),
    complain: (sentence) => console.error(`Warning: ${sentence}`),
    rotated: () => void tidy(directory, retentionDays, new Date()),
  });
  const sink = (records: readonly LogRecord[]) => {
    for (const record of records) file.write(jsonLine(record));
    const last = records.at(-1)?.level;
    if (last === "error" || last === "fatal") file.flush();
  };
  return Object.assign(sink, { [Symbol.dispose]: () => file.close() });
}

function redacting(sink: BatchSink & Partial<Disposable>, hide: Redact) {
  const clean = (record: LogRecord): LogRecord => ({
    ...record,
    message: record.message.map((part) => redact(part, hide)),
    properties: redact(record.properties, hide) as Record<string, unknown>,
  });
  return Object.assign((records: readonly LogRecord[]) => sink(records.map(clean)), {
    [Symbol.dispose]: () => sink[Symbol.dispose]?.(),
  });
}
