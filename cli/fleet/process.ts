/** Processes by their ids, told apart from others that were given the same id later. */
import process from "node:process";
import { pidPath } from "./folders.ts";
import { formatInstance, type Instance } from "./instances.ts";

/**
 * What a pid file says: `pid`, when that process began, as the system tells it ("" where it does not), and the instance
 * in the form of --instance, so that `status` and `stop` find what was started by flags.
 */
export interface Recorded {
  readonly pid: number;
  readonly began: string;
}

/** How to ask when a process began. Both print nothing for one that is gone. */
const ASK_BEGAN: Readonly<Record<string, (pid: number) => readonly string[]>> = {
  windows: (pid) => [
    "powershell",
    "-NoProfile",
    "-Command",
    `(Get-Process -Id ${pid} -ErrorAction SilentlyContinue).StartTime.ToString("s")`,
  ],
  unix: (pid) => ["ps", "-o", "stat=,lstart=", "-p", String(pid)],
};

/** Notes which process serves an instance. */
export async function record(name: string, pid: number, instance?: Instance): Promise<void> {
  const form = instance === undefined ? "" : formatInstance(instance);
  Deno.writeTextFileSync(pidPath(name), `${pid}\n${await beganAt(pid) ?? ""}\n${form}\n`);
}

/** What was noted; undefined where nothing was, or no id. */
export function readRecord(name: string): Recorded | undefined {
  try {
    const [pid, began = ""] = Deno.readTextFileSync(pidPath(name)).split("\n");
    return Number.isInteger(Number(pid)) && Number(pid) > 0
      ? { pid: Number(pid), began }
      : undefined;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
}

/** Removes the note, if there is one. */
export function forget(name: string): void {
  try {
    Deno.removeSync(pidPath(name));
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
}

/** The system's word for when a process began moves by a second now and then. */
const TOLERANCE_MS = 2_000;

/** Whether that very process still runs: it answers /health with its pid, or began when the record says. */
export async function runs({ pid, began }: Recorded, healthPid?: number): Promise<boolean> {
  if (!exists(pid)) return false;
  if (healthPid === pid) return true;
  return near(await beganAt(pid) ?? "", began);
}

/** Whether a process that was ours a moment ago still runs. Where the system does not tell more, its id must do. */
export async function stillRuns({ pid, began }: Recorded): Promise<boolean> {
  if (!exists(pid)) return false;
  const now = await beganAt(pid);
  return now === undefined || began === "" || near(now, began);
}

/** False where there was no such process any more. */
export function signal(pid: number, name: "SIGTERM" | "SIGKILL"): boolean {
  try {
    Deno.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

function near(one: string, other: string): boolean {
  return Math.abs(Date.parse(one) - Date.parse(other)) <= TOLERANCE_MS;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** "" for a process that is gone or only waits to be buried; undefined where the system cannot be asked. */
async function beganAt(pid: number): Promise<string | undefined> {
  const [command = "", ...args] = ASK_BEGAN[Deno.build.os === "windows" ? "windows" : "unix"]!(pid);
  try {
    const { stdout } = await new Deno.Command(command, {
      args,
      env: { LC_ALL: "C", TZ: "UTC" },
      stderr: "null",
    }).output();
    const said = new TextDecoder().decode(stdout).trim();
    if (Deno.build.os === "windows") return said;
    const [state = "", ...time] = said.split(/\s+/);
    return state.startsWith("Z") ? "" : time.join(" ");
  } catch {
    return undefined;
  }
}
