import { setTimeout as sleep } from "node:timers/promises";
import { urlFromHere } from "../address.ts";
import { makeFolders, outPath } from "./folders.ts";
import { askHealth, modelsOf } from "./health.ts";
import type { Instance } from "./instances.ts";
import { hostOf, launch, type Launched } from "./launch.ts";
import { holderOf } from "./port.ts";
import { forget, readRecord, record, runs } from "./process.ts";

const LIMIT_MS = 20_000;
const STEP_MS = 150;

export interface Started {
  readonly name: string;
  readonly port: number;
  readonly state: "started" | "already running" | "failed";
  readonly pid?: number;
  /** The models it serves, or why it failed. */
  readonly detail: string;
}

/** Starts one instance and waits until it answers. */
export async function startInstance(instance: Instance): Promise<Started> {
  const { name, port } = instance;
  const failed = (detail: string): Started => ({ name, port, state: "failed", detail });
  makeFolders();
  let host: string;
  try {
    host = hostOf(instance);
  } catch (thrown) {
    return failed((thrown as Error).message);
  }
  const recorded = readRecord(name);
  const url = urlFromHere(host, port);
  if (recorded !== undefined) {
    const health = await askHealth(url);
    if (await runs(recorded, health?.instance?.pid)) {
      const detail = health === undefined ? "does not answer" : modelsOf(health);
      return { name, port, state: "already running", pid: recorded.pid, detail };
    }
    forget(name);
  }
  const holder = await holderOf(host, port);
  if (holder !== undefined) return failed(`port ${port} is taken by ${holder}`);
  const launched = await launch(instance);
  await record(name, launched.pid, instance);
  const detail = await waitUntilHealthy(url, launched);
  if (detail !== undefined) {
    return { name, port, state: "started", pid: launched.pid, detail };
  }
  forget(name);
  return failed(lastWords(name));
}

/** The models it serves; undefined where it ended instead. One that neither answers nor ends is told to end. */
async function waitUntilHealthy(
  url: string,
  { pid, ended }: Launched,
): Promise<string | undefined> {
  let over = false;
  ended.then(() => over = true);
  for (let waited = 0; waited < LIMIT_MS && !over; waited += STEP_MS) {
    await sleep(STEP_MS);
    const health = await askHealth(url);
    if (health?.instance?.pid === pid) return modelsOf(health);
  }
  if (!over) Deno.kill(pid, "SIGTERM");
  return undefined;
}

/** Why it ended, in its own words. */
function lastWords(name: string): string {
  const path = outPath(name);
  const said = Deno.readTextFileSync(path).trim().split("\n").filter((line) => line !== "");
  return said.length === 0
    ? `it did not answer within ${LIMIT_MS / 1000} s`
    : `${said.slice(-3).join("; ")} (${path})`;
}
