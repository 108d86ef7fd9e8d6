import { assemble, type Parts, type Program } from "../core/assemble.ts";
import { type Config, ConfigError, parseConfig } from "../core/config.ts";
import { makeRedactor } from "../core/redact.ts";
import { makeConnects } from "./connect.ts";
import { withExtensions } from "./extensions.ts";
import { readFacts } from "./facts.ts";
import { identity } from "./identity.ts";
import { configureLogs, keepClean } from "./logs.ts";
import { gatherSettings } from "./settings.ts";

export interface StartOptions {
  readonly env?: string;
  readonly host?: string;
  readonly port?: string;
  readonly logLevel?: string;
  readonly provider?: string;
  readonly plugin?: readonly string[];
  readonly logDir?: string;
  readonly name?: string;
}

/** How long the last bytes may take to reach their clients. */
const LAST_BYTES_MS = 2_000;

/** Serves until a signal ends it. Throws ConfigError for settings that do not work. */
export async function start(options: StartOptions, parts: Parts): Promise<void> {
  const signal = untilSignal();
  const environment = Deno.env.toObject();
  const { values, warnings } = gatherSettings({
    flags: {
      HOST: options.host,
      PORT: options.port,
      LOG_LEVEL: options.logLevel,
      PROVIDER: options.provider,
      PLUGINS: options.plugin?.join(","),
      LOG_DIR: options.logDir,
    },
    file: options.env,
    environment,
    providers: parts.providers,
  });
  for (const warning of warnings) console.error(`Warning: ${warning}`);
  const config = { ...parseConfig(values), facts: readFacts() };
  const { logLevel: level, logDir: directory, logRetentionDays: retentionDays } = config;
  const name = options.name ?? "ccproxy";
  const files = directory === undefined ? undefined : { directory, name, retentionDays };
  configureLogs({ level, hide: makeRedactor(config.secrets), files });
  if (files !== undefined) void keepClean(files);
  const extended = await withExtensions(parts, config.pluginFiles);
  const connects = makeConnects(environment);
  const program = assemble(config, {
    ...extended,
    plugins: [...extended.plugins, identity(name)],
    fetch: fetchFor(config),
    connects,
  });
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

/** A Host header of one's own needs a client that allows it. */
function fetchFor({ customHeaders }: Config): typeof fetch {
  if (!Object.keys(customHeaders).some((name) => name.toLowerCase() === "host")) return fetch;
  const client = Deno.createHttpClient({ allowHost: true });
  return (input, init) => fetch(input, { ...init, client });
}

function banner({ provider, baseUrl }: Program, config: Config, port: number): string {
  const { big, middle, small } = config.models;
  const key = config.clientKeys.length > 0 ? "<your ANTHROPIC_API_KEY>" : "any";
  return [
    `ccproxy listens on http://${config.host}:${port} -> ${provider} at ${baseUrl}`,
    `Models: opus ${big}, sonnet ${middle}, haiku ${small}`,
    ...(config.clientKeys.length > 0
      ? []
      : ["Only callers on this machine are let in, because ANTHROPIC_API_KEY is not set."]),
    connectLine(port, key),
  ].join("\n");
}

/** What to type to connect Claude Code. */
export function connectLine(port: number, key: string): string {
  return `Connect: ANTHROPIC_BASE_URL=http://127.0.0.1:${port} ANTHROPIC_AUTH_TOKEN=${key} claude`;
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => {
        if (asked) Deno.exit(1);
        asked = true;
        resolve();
      });
    }
  });
}
