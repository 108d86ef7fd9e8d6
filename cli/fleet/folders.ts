/** The files of a fleet, all below the working folder. */
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { checkFleet, type Instance, parseFile, parseInstance } from "./instances.ts";

export const LOGS = "logs";
const PIDS = "pids";
const FILE = "proxies.json";

export interface FleetOptions {
  /** Instances given as flags. */
  readonly instance?: readonly string[];
  readonly file?: string;
}

/** The instances given as flags, else those in proxies.json, else those that were started here. */
export function readFleet({ instance = [], file }: FleetOptions): readonly Instance[] {
  if (instance.length > 0) return checkFleet(instance.map(parseInstance));
  const path = file ?? FILE;
  try {
    return parseFile(Deno.readTextFileSync(path), path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    const started = file === undefined ? startedHere() : [];
    if (started.length > 0) return started;
    throw new Failure(
      `There is no ${path}. Write one, such as ["8081:.env-kimi-k2:Kimi-K2"], or use --instance`,
    );
  }
}

/** What the pid files name: see `record`. */
function startedHere(): Instance[] {
  let files: string[];
  try {
    files = [...Deno.readDirSync(PIDS)].map(({ name }) => name).sort();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw thrown;
  }
  return files.filter((file) => file.endsWith(".pid")).flatMap((file) => {
    const form = Deno.readTextFileSync(join(PIDS, file)).split("\n")[2];
    return form ? [parseInstance(form)] : [];
  });
}

/** The id of the process, and what tells it from others. */
export function pidPath(name: string): string {
  return join(PIDS, `${name}.pid`);
}

/** Log lines, as JSON. */
export function logPath(name: string): string {
  return join(LOGS, `${name}.log`);
}

/** What the process said on its console: how it started, or why not. */
export function outPath(name: string): string {
  return join(LOGS, `${name}.out`);
}

/** Makes those that are not there. */
export function makeFolders(): void {
  for (const folder of [PIDS, LOGS]) Deno.mkdirSync(folder, { recursive: true });
}
