/**
 * More threads of this program, which share its port: a thread uses one core. Each runs main.ts anew with the same
 * arguments, and has its own memory; what all must know goes over channels.
 */
import { getLogger, type LogRecord } from "@logtape/logtape";
import type { PluginContext } from "../core/mod.ts";
import { Failure } from "./failure.ts";

/** What a worker tells the main thread. */
type Report =
  | "listening"
  | "stopped"
  | { readonly failed: string }
  | { readonly records: readonly LogRecord[] };

/** Heard by all workers. A message of the Worker itself is not, while its main.ts still runs. */
const STOP = "ccproxy stop";

export interface Workers {
  /** Ends when all have stopped as `Running` does. */
  stop(): Promise<void>;
}

/** Settles when all of them listen on the port. Throws Failure where one cannot. */
export async function startWorkers(count: number, port: number): Promise<Workers> {
  const members = Array.from({ length: count }, () => startWorker(port));
  await Promise.all(members.map(({ started }) => started));
  return {
    async stop() {
      const orders = new BroadcastChannel(STOP);
      orders.postMessage("stop");
      await Promise.all(members.map(({ stopped }) => stopped));
      orders.close();
    },
  };
}

function startWorker(port: number) {
  const started = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const worker = new Worker(Deno.mainModule, { type: "module", name: String(port) });
  worker.addEventListener("message", ({ data }: MessageEvent<Report>) => {
    if (data === "listening") started.resolve();
    else if (data === "stopped") stopped.resolve();
    else if ("failed" in data) started.reject(new Failure(data.failed));
    else for (const record of data.records) getLogger([...record.category]).emit(record);
  });
  return { started: started.promise, stopped: stopped.promise };
}

/** In a worker: the port that it is to listen on. In the main thread undefined. */
export function portOfWorker(): number | undefined {
  return "DedicatedWorkerGlobalScope" in globalThis ? Number(globalThis.name) : undefined;
}

/** From a worker to the main thread. */
export function report(report: Report): void {
  (globalThis as unknown as { postMessage(report: Report): void }).postMessage(report);
}

/** In a worker: settles when the main thread wants it to stop. */
export function stopOrder(): Promise<void> {
  const orders = new BroadcastChannel(STOP);
  return new Promise((resolve) => orders.addEventListener("message", () => resolve()));
}

/** Values are told this long after the first of them came: one by one they take 30 us each. */
const DELAY_MS = 100;

/** See PluginContext.share: by a channel that only the threads of this process hear. */
export const share: PluginContext["share"] = <Value>(
  topic: string,
  hear: (value: Value) => void,
) => {
  const channel = new BroadcastChannel(`ccproxy share ${topic}`);
  channel.addEventListener("message", ({ data }: MessageEvent<Value[]>) => data.forEach(hear));
  let waiting: Value[] = [];
  return (value: Value) => {
    if (waiting.push(value) > 1) return;
    setTimeout(() => {
      channel.postMessage(waiting);
      waiting = [];
    }, DELAY_MS);
  };
};
