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

interface System {
  /** What to run to learn when a process began. */
  command(pid: number): readonly [program: string, ...args: string[]];
  /** Takes the time from what that prints; no match for a process that is gone or only waits to be buried. */
  readonly began: RegExp;
}

const SYSTEMS: Readonly<Record<string, System>> = {
  windows: {
    command: (pid) => [
      "powershell",
      "-NoProfile",
      "-Command",
      `(Get-Process -Id ${pid} -ErrorAction SilentlyContinue).StartTime.ToString("s")`,
    ],
    began: /(\S+)/,
  },
  // Many containers have no ps, and Deno lets no program with less than all permissions read /proc itself.
  linux: {
    command: (pid) => ["cat", `/proc/${pid}/stat`, "/proc/sys/kernel/random/boot_id"],
    began: /\) [^XZ] (?:\S+ ){18}(\d+) .*\n(\S+)/,
  },
  darwin: {
    command: (pid) => ["ps", "-o", "stat=,lstart=", "-p", String(pid)],
    began: /^[^Z]\S* +(.+)/,
  },
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

/** Whether that very process still runs: it answers /health with its pid, or began when the record says. */
export async function runs({ pid, began }: Recorded, healthPid?: number): Promise<boolean> {
  if (!exists(pid)) return false;
  if (healthPid === pid) return true;
  return began !== "" && await beganAt(pid) === began;
}

/** Whether a process that was ours a moment ago still runs. Where the system does not tell more, its id must do. */
export async function stillRuns({ pid, began }: Recorded): Promise<boolean> {
  if (!exists(pid)) return false;
  const now = await beganAt(pid);
  return now === undefined || began === "" || now === began;
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
  const { command, began } = SYSTEMS[Deno.build.os] ?? SYSTEMS["darwin"]!;
  const [program, ...args] = command(pid);
  try {
    const { stdout } = await new Deno.Command(program, {
      args,
      env: { LC_ALL: "C", TZ: "UTC" },
      stderr: "null",
    }).output();
    const [, ...parts] = began.exec(new TextDecoder().decode(stdout).trim()) ?? [];
    return parts.join(" ");
  } catch {
    return undefined;
  }
}
