import type { Parts, Program } from "../core/assemble.ts";
import { type Config, ConfigError } from "../core/config.ts";
import { makeRedactor } from "../core/redact.ts";
import { urlFromHere, urlOn } from "./address.ts";
import { clientEnvironment, toExports } from "./client_environment.ts";
import { configureLogs, keepClean, outliveFaults } from "./logs.ts";
import { makeProgram, readSettings, type SettingFlags } from "./program.ts";
import { onStopSignal } from "./signals.ts";

export interface StartOptions extends SettingFlags {
  readonly name?: string;
}

/** How long the last bytes may take to reach their clients. */
const LAST_BYTES_MS = 2_000;

/** Serves until a signal ends it. Throws ConfigError for settings that do not work. */
export async function start(options: StartOptions, parts: Parts): Promise<void> {
  const signal = untilSignal();
  const { config, warnings } = readSettings(options, parts);
  for (const warning of warnings) console.error(`Warning: ${warning}`);
  const { logLevel: level, logDir: directory, logRetentionDays: retentionDays } = config;
  const name = options.name ?? "ccproxy";
  const files = directory === undefined ? undefined : { directory, name, retentionDays };
  configureLogs({ level, hide: makeRedactor(config.secrets), files });
  if (files !== undefined) void keepClean(files);
  const program = await makeProgram(config, parts, name);
  const running = listen(program, config);
  console.log(banner(program, config, running.port));
  await signal;
  console.log("Stopping: running answers are completed first. Once more to stop at once.");
  await running.stop();
  Deno.exit(0);
}

export interface Running {
  readonly port: number;
  /** Ends when all answers are complete, or have been cut off after the grace time. */
  stop(): Promise<void>;
}

/** Opens the port. Throws ConfigError where it cannot be had. */
export function listen(
  program: Program,
  { host, port, grace }: Pick<Config, "host" | "port" | "grace">,
): Running {
  const controller = new AbortController();
  try {
    const server = Deno.serve({
      hostname: host,
      port,
      signal: controller.signal,
      onListen: () => {},
    }, (request, { remoteAddr }) => program.serve(request, { address: remoteAddr.hostname }));
    outliveFaults();
    return {
      port: server.addr.port,
      async stop() {
        await program.drain(grace * 1000);
        const timer = setTimeout(() => controller.abort(), LAST_BYTES_MS);
        await server.shutdown();
        clearTimeout(timer);
      },
    };
  } catch (thrown) {
    if (thrown instanceof Deno.errors.AddrInUse) {
      throw new ConfigError(
        `Port ${port} is taken. Stop what listens there, or choose another with --port or PORT`,
      );
    }
    throw new ConfigError(
      `Cannot listen on ${host}:${port}: ${(thrown as Error).message}. Check HOST and PORT`,
    );
  }
}

function banner(program: Program, config: Config, port: number): string {
  const { provider, baseUrl } = program;
  const { big, middle, small } = config.models;
  const token = config.clientKeys.length > 0 ? "<your ANTHROPIC_API_KEY>" : "any";
  const url = urlFromHere(config.host, port);
  return [
    `ccproxy listens on ${urlOn(config.host, port)} -> ${provider} at ${baseUrl}`,
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
