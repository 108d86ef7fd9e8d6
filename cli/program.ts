/** From files and variables to a program that can serve: what `start`, `code` and `check` have in common. */
import { assemble, type Parts, type Program } from "../core/assemble.ts";
import { type Config, parseConfig } from "../core/config.ts";
import { makeConnects } from "./connect.ts";
import { withExtensions } from "./extensions.ts";
import { readFacts } from "./facts.ts";
import { identity } from "./identity.ts";
import { resolveSecrets } from "./secrets.ts";
import { type Gathered, gatherSettings } from "./settings.ts";

/** The flags that stand for settings. */
export interface SettingFlags {
  readonly env?: string;
  readonly host?: string;
  readonly port?: string;
  readonly logLevel?: string;
  readonly provider?: string;
  readonly plugin?: readonly string[];
  readonly logDir?: string;
  readonly workers?: string;
}

export interface Settings extends Gathered {
  readonly config: Config;
}

/** Throws ConfigError for settings that do not work. */
export function readSettings(flags: SettingFlags, { providers }: Parts): Settings {
  const gathered = gatherSettings({
    flags: {
      HOST: flags.host,
      PORT: flags.port,
      LOG_LEVEL: flags.logLevel,
      PROVIDER: flags.provider,
      PLUGINS: flags.plugin?.join(","),
      LOG_DIR: flags.logDir,
      WORKERS: flags.workers,
    },
    file: flags.env,
    environment: Deno.env.toObject(),
    providers,
  });
  const config = parseConfig(resolveSecrets(gathered.values));
  return { ...gathered, config: { ...config, facts: readFacts() } };
}

/** `name`: what the instance is called in /health. Throws ConfigError where there is no usable upstream. */
export async function makeProgram(config: Config, parts: Parts, name: string): Promise<Program> {
  const extended = await withExtensions(parts, config.pluginFiles);
  return assemble(config, {
    ...extended,
    plugins: [...extended.plugins, identity(name)],
    fetch: fetchFor(config),
    connects: makeConnects(Deno.env.toObject()),
  });
}

/** A Host header of one's own needs a client that allows it. */
function fetchFor({ customHeaders }: Config): typeof fetch {
  if (!Object.keys(customHeaders).some((name) => name.toLowerCase() === "host")) return fetch;
  const client = Deno.createHttpClient({ allowHost: true });
  return (input, init) => fetch(input, { ...init, client });
}
