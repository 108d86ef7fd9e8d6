import type { Parts, Program } from "../core/assemble.ts";
import { type Config, ConfigError } from "../core/config.ts";
import { makeRedactor } from "../core/redact.ts";
import { urlFromHere, urlOn } from "./address.ts";
import { clientEnvironment, toExports } from "./client_environment.ts";
import { listen } from "./listen.ts";
import { configureLogs, keepClean } from "./logs.ts";
import { makeProgram, readSettings, type SettingFlags } from "./program.ts";
import { onStopSignal } from "./signals.ts";
import { share, startWorkers } from "./workers.ts";

export interface StartOptions extends SettingFlags {
  readonly name: string;
}

/** Serves until a signal ends it. Throws ConfigError for settings that do not work. */
export async function start(options: StartOptions, parts: Parts): Promise<void> {
  const signal = untilSignal();
  const { config, warnings } = readSettings(options, parts);
  for (const warning of warnings) console.error(`Warning: ${warning}`);
  const { logLevel: level, logDir: directory, logRetentionDays: retentionDays } = config;
  const { name } = options;
  const files = directory === undefined ? undefined : { directory, name, retentionDays };
  configureLogs({ level, hide: makeRedactor(config.secrets), files });
  if (files !== undefined) void keepClean(files);
  const alone = config.workers === 1;
  if (!alone && Deno.build.os !== "linux") {
    throw new ConfigError(
      "WORKERS above 1 works on Linux only: no other system shares a port fairly",
    );
  }
  const program = await makeProgram(config, alone ? parts : { ...parts, share }, name);
  const running = listen(program, config, alone ? "alone" : "first");
  const workers = await startWorkers(config.workers - 1, running.port);
  console.log(banner(program, config, running.port));
  await signal;
  console.log("Stopping: running answers are completed first. Once more to stop at once.");
  await Promise.all([running.stop(), workers.stop()]);
  Deno.exit(0);
}

function banner(program: Program, config: Config, port: number): string {
  const { provider, baseUrl } = program;
  const { big, middle, small } = config.models;
  const token = config.clientKeys.length > 0 ? "<your ANTHROPIC_API_KEY>" : "any";
  const url = urlFromHere(config.host, port);
  return [
    `ccproxy listens on ${urlOn(config.host, port)} -> ${provider} at ${baseUrl}`,
    ...(config.workers > 1 ? [`${config.workers} threads share the port.`] : []),
    `Models: opus ${big}, sonnet ${middle}, haiku ${small}`,
    ...(config.clientKeys.length > 0
      ? []
      : ["Only callers on this machine are let in, because ANTHROPIC_API_KEY is not set."]),
    connectLine(url, token),
    "Or, so that Claude Code knows these models (`ccproxy code` does the same):",
    toExports(clientEnvironment({ ...program, url, token, config })),
  ].join("\n");
}

/** What to type to connect Claude Code. */
export function connectLine(url: string, key: string): string {
  return `Connect: ANTHROPIC_BASE_URL=${url} ANTHROPIC_AUTH_TOKEN=${key} claude`;
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    onStopSignal(() => {
      if (asked) Deno.exit(1);
      asked = true;
      resolve();
    });
  });
}
