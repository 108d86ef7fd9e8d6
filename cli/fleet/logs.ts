import { setTimeout as sleep } from "node:timers/promises";
import { paint } from "../output.ts";
import { logPath, outPath } from "./folders.ts";
import type { Instance } from "./instances.ts";
import { lastLines, toPlain } from "./log_lines.ts";

const STEP_MS = 500;

export interface LogsOptions {
  /** How many lines of each. */
  readonly lines: number;
  readonly follow: boolean;
  /** As they stand in the file. */
  readonly json: boolean;
}

/** Prints the last lines of each instance; with `follow` also what comes, until Ctrl+C. */
export async function showLogs(
  instances: readonly Instance[],
  { lines, follow, json }: LogsOptions,
): Promise<void> {
  const show = (name: string, line: string) => {
    const text = json ? line : toPlain(line);
    console.log(instances.length > 1 && !json ? `${paint(name, "grey")} | ${text}` : text);
  };
  const ends = new Map<string, number>();
  for (const { name } of instances) {
    const { text, end } = readFrom(logPath(name), 0);
    ends.set(name, end);
    if (text === "") console.error(`${name} has no log yet${hintTo(outPath(name))}`);
    for (const line of lastLines(text, lines)) show(name, line);
  }
  while (follow) {
    await sleep(STEP_MS);
    for (const { name } of instances) {
      const { text, end } = readFrom(logPath(name), ends.get(name) ?? 0);
      ends.set(name, end);
      for (const line of lastLines(text, Infinity)) show(name, line);
    }
  }
}

/** Nothing stands there before the first start, nor under a supervisor, which shows all itself. */
function hintTo(path: string): string {
  return readFrom(path, 0).text === "" ? "" : `; how it started is in ${path}`;
}

/** The complete lines from a byte on, and where they end. A file that is shorter is another one: it is read whole. */
function readFrom(path: string, start: number): { text: string; end: number } {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return { text: "", end: 0 };
    throw thrown;
  }
  try {
    const { size } = file.statSync();
    const from = size < start ? 0 : start;
    file.seekSync(from, Deno.SeekMode.Start);
    const bytes = new Uint8Array(size - from);
    let length = 0;
    while (length < bytes.length) {
      const count = file.readSync(bytes.subarray(length));
      if (count === null) break;
      length += count;
    }
    const complete = bytes.subarray(0, bytes.subarray(0, length).lastIndexOf(10) + 1);
    return { text: new TextDecoder().decode(complete), end: from + complete.length };
  } finally {
    file.close();
  }
}
