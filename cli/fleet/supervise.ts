/** A fleet in the foreground, for containers and systemd: what falls is started again. */
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure.ts";
import { startCommand } from "../self.ts";
import { onStopSignal } from "../signals.ts";
import { nextStart } from "./backoff.ts";
import { makeFolders } from "./folders.ts";
import type { Instance } from "./instances.ts";
import { flagsOf } from "./launch.ts";
import { forget, readRecord, record, runs } from "./process.ts";

/** The record of the supervisor itself. No instance can be called so. */
export const SUPERVISOR = ".supervisor";

/** Runs until SIGTERM or SIGINT, and then until all have ended. A second signal kills them. Throws Failure where one runs. */
export async function supervise(instances: readonly Instance[]): Promise<void> {
  for (const name of [SUPERVISOR, ...instances.map((instance) => instance.name)]) {
    const recorded = readRecord(name);
    if (recorded === undefined || !await runs(recorded)) continue;
    const who = name === SUPERVISOR ? "A supervisor" : name;
    throw new Failure(`${who} runs here already (pid ${recorded.pid}): end it with fleet stop`);
  }
  makeFolders();
  await record(SUPERVISOR, Deno.pid);
  const stopping = new AbortController();
  const running = new Map<string, Deno.ChildProcess>();
  const onSignal = () => {
    const name = stopping.signal.aborted ? "SIGKILL" : "SIGTERM";
    stopping.abort();
    for (const child of running.values()) {
      try {
        child.kill(name);
      } catch {
        // It has ended meanwhile.
      }
    }
  };
  const listenNoMore = onStopSignal(onSignal);
  await Promise.all(instances.map((instance) => keepUp(instance, running, stopping.signal)));
  listenNoMore();
  forget(SUPERVISOR);
}

async function keepUp(
  instance: Instance,
  running: Map<string, Deno.ChildProcess>,
  stopping: AbortSignal,
): Promise<void> {
  const { name } = instance;
  let falls = 0;
  while (!stopping.aborted) {
    const startedAt = Date.now();
    const { program, args } = startCommand(flagsOf(instance));
    const child = new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    running.set(name, child);
    await record(name, child.pid, instance);
    const [{ code }] = await Promise.all([
      child.status,
      show(name, child.stdout),
      show(name, child.stderr),
    ]);
    running.delete(name);
    forget(name);
    if (stopping.aborted) return;
    const next = nextStart({ falls, exitCode: code, ranSeconds: (Date.now() - startedAt) / 1000 });
    falls = next.falls;
    console.log(`${name} | ended with code ${code}; it is started again in ${next.wait} s`);
    await sleep(next.wait * 1000, undefined, { signal: stopping }).catch(() => {});
  }
}

async function show(name: string, stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  const lines = stream.pipeThrough(new TextDecoderStream()).pipeThrough(lineStream());
  for await (const line of lines) console.log(`${name} | ${line}`);
}

/** Text in pieces, out in lines. */
function lineStream(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(text, controller) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) controller.enqueue(line);
    },
    flush(controller) {
      if (rest !== "") controller.enqueue(rest);
    },
  });
}
