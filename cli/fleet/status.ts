import { urlFromHere } from "../address.ts";
import { align, duration, paint } from "../output.ts";
import { askHealth, modelsOf } from "./health.ts";
import type { Instance } from "./instances.ts";
import { hostOf } from "./launch.ts";
import { forget, readRecord, runs } from "./process.ts";

export interface Status {
  readonly name: string;
  readonly state: "running" | "not answering" | "stopped" | "not ours";
  readonly pid: number | null;
  readonly port: number;
  /** Seconds. */
  readonly uptime: number | null;
  readonly requests: number | null;
  readonly errors: number | null;
  readonly models: string;
  readonly url: string;
  /** What else there is to know. */
  readonly note: string;
}

/** Asks one instance how it is. A pid file that names no process of ours is removed. */
export async function statusOf(instance: Instance): Promise<Status> {
  const { name, port } = instance;
  let host = "127.0.0.1";
  let note = "";
  try {
    host = hostOf(instance);
  } catch (thrown) {
    note = (thrown as Error).message;
  }
  const url = urlFromHere(host, port);
  const health = await askHealth(url);
  const recorded = readRecord(name);
  const ours = recorded !== undefined && await runs(recorded, health?.instance?.pid);
  if (recorded !== undefined && !ours) {
    forget(name);
    note = `pid ${recorded.pid} is not ours any more: pid file removed`;
  }
  const base = { name, port, url, note };
  if (health !== undefined) {
    const { instance: answering, uptime, requests } = health;
    const pid = answering?.pid ?? recorded?.pid ?? null;
    return {
      ...base,
      state: ours ? "running" : "not ours",
      pid,
      uptime,
      requests: requests?.total ?? null,
      errors: requests?.errors ?? null,
      models: modelsOf(health),
      note: ours ? note : `${note && `${note}; `}somebody else started what answers there`,
    };
  }
  return {
    ...base,
    state: ours ? "not answering" : "stopped",
    pid: ours ? recorded.pid : null,
    uptime: null,
    requests: null,
    errors: null,
    models: "",
  };
}

const COLORS = {
  running: "green",
  "not answering": "red",
  stopped: "grey",
  "not ours": "yellow",
} as const;

/** A row for each instance, for people. */
export function statusTable(all: readonly Status[]): string {
  const head = ["NAME", "STATE", "PID", "PORT", "UPTIME", "REQUESTS", "ERRORS", "MODELS", "URL"];
  const rows = all.map((status) => [
    status.name,
    paint(status.state, COLORS[status.state]),
    String(status.pid ?? "-"),
    String(status.port),
    status.uptime === null ? "-" : duration(status.uptime),
    String(status.requests ?? "-"),
    String(status.errors ?? "-"),
    status.models || "-",
    status.url,
  ]);
  const notes = all.filter(({ note }) => note !== "").map(({ name, note }) => `${name}: ${note}`);
  return [align([head, ...rows]), ...notes].join("\n");
}
