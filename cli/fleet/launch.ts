import { openSync } from "node:fs";
import { spawn } from "node:child_process";
import { startCommand } from "../self.ts";
import { gatherSettings } from "../settings.ts";
import { LOGS, outPath } from "./folders.ts";
import type { Instance } from "./instances.ts";

export interface Launched {
  readonly pid: number;
  /** The exit code, once it has one. */
  readonly ended: Promise<number>;
}

/** Starts an instance that outlives us, in a session of its own; what it prints goes to logs/NAME.out. */
export async function launch(instance: Instance): Promise<Launched> {
  const { program, args } = startCommand([...flagsOf(instance), "--log-dir", LOGS]);
  const out = openSync(outPath(instance.name), "w");
  const child = spawn(program, [...args], { detached: true, stdio: ["ignore", out, out] });
  const ended = new Promise<number>((resolve) => {
    child.once("exit", (code) => resolve(code ?? 1));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  child.unref();
  return { pid: child.pid!, ended };
}

/** The flags with which `start` becomes this instance. */
export function flagsOf({ name, port, env }: Instance): string[] {
  return ["--env", env, "--port", String(port), "--name", name];
}

/** The address it binds, from its settings. Throws ConfigError for an env file that cannot be read. */
export function hostOf({ env }: Instance): string {
  const { values } = gatherSettings({
    flags: {},
    file: env,
    environment: Deno.env.toObject(),
    providers: {},
  });
  return values["HOST"] ?? "0.0.0.0";
}
