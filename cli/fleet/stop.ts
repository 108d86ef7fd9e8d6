import { setTimeout as sleep } from "node:timers/promises";
import { urlFromHere } from "../address.ts";
import { askHealth } from "./health.ts";
import type { Instance } from "./instances.ts";
import { hostOf } from "./launch.ts";
import { forget, readRecord, type Recorded, runs, signal, stillRuns } from "./process.ts";

/** Longer than an instance takes to complete its running answers. */
const GRACE_MS = 40_000;
const STEP_MS = 100;

export type Stopped = "stopped" | "killed" | "was not running";

/** Asks it to end, waits, and kills it if it does not: only the process that we started, never by its port. */
export async function stopInstance(instance: Instance, graceMs = GRACE_MS): Promise<Stopped> {
  const recorded = readRecord(instance.name);
  if (recorded === undefined) return "was not running";
  const health = await askHealth(urlFor(instance));
  const result = await runs(recorded, health?.instance?.pid)
    ? await end(recorded, graceMs)
    : "was not running";
  forget(instance.name);
  return result;
}

/** SIGTERM, and SIGKILL after the grace time. */
export async function end(recorded: Recorded, graceMs = GRACE_MS): Promise<Stopped> {
  signal(recorded.pid, "SIGTERM");
  for (let waited = 0; waited < graceMs; waited += STEP_MS) {
    await sleep(STEP_MS);
    if (!await stillRuns(recorded)) return "stopped";
  }
  signal(recorded.pid, "SIGKILL");
  return "killed";
}

/** The env file may be gone meanwhile. */
function urlFor(instance: Instance): string {
  try {
    return urlFromHere(hostOf(instance), instance.port);
  } catch {
    return urlFromHere("127.0.0.1", instance.port);
  }
}
