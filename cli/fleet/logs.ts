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
    const text = read(logPath(name));
    ends.set(name, text.length);
    if (text === "") console.error(`${name} has no log yet; how it started is in ${outPath(name)}`);
    for (const line of lastLines(text, lines)) show(name, line);
  }
  while (follow) {
    await sleep(STEP_MS);
    for (const { name } of instances) {
      const text = read(logPath(name));
      const end = ends.get(name) ?? 0;
      const fresh = text.length < end ? text : text.slice(end);
      const complete = fresh.slice(0, fresh.lastIndexOf("\n") + 1);
      ends.set(name, text.length - fresh.length + complete.length);
      for (const line of lastLines(complete, Infinity)) show(name, line);
    }
  }
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return "";
    throw thrown;
  }
}
