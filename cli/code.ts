import { join } from "node:path";
import type { Parts } from "../core/assemble.ts";
import type { Config } from "../core/config.ts";
import { makeRedactor } from "../core/redact.ts";
import { clientEnvironment, CONFLICTING } from "./client_environment.ts";
import { overrideSettings } from "./client_settings.ts";
import { Failure } from "./failure.ts";
import { configureLogs, keepClean } from "./logs.ts";
import { makeProgram, readSettings, type SettingFlags } from "./program.ts";
import { onStopSignal } from "./signals.ts";
import { listen } from "./listen.ts";

/** What a proxy without a key of its own takes: anything. */
const NO_KEY = "ccproxy";

/**
 * Runs Claude Code through a proxy of its own, on this machine only, for as long as it runs. Returns its exit code.
 * Everything is said by variables of that process; the user's settings stay as they are.
 */
export async function code(
  args: readonly string[],
  flags: SettingFlags,
  parts: Parts,
): Promise<number> {
  const port = flags.port ?? "0";
  const settings = readSettings({ ...flags, host: "127.0.0.1", port }, parts);
  for (const warning of settings.warnings) console.error(`Warning: ${warning}`);
  const { config } = settings;
  logToFile(config);
  const program = await makeProgram(config, parts, "code");
  const running = listen(program, config);
  const environment = clientEnvironment({
    url: `http://127.0.0.1:${running.port}`,
    token: config.clientKeys[0]?.key ?? NO_KEY,
    ...program,
    config,
  });
  // A task runs in the project's folder; the person stands in this one.
  const folder = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  const override = overrideSettings(environment, args, folder);
  try {
    return await runClient([...override.args, ...args], environment, folder);
  } finally {
    override.remove();
    await running.stop();
  }
}

/** The terminal is the client's: our lines go to a file. */
function logToFile(config: Config): void {
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? ".";
  const directory = config.logDir ?? join(home, ".ccproxy", "logs");
  const files = { directory, name: "code", retentionDays: config.logRetentionDays };
  configureLogs({ level: config.logLevel, hide: makeRedactor(config.secrets), files, quiet: true });
  void keepClean(files);
}

async function runClient(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  folder: string,
): Promise<number> {
  const inherited = Object.entries(Deno.env.toObject())
    .filter(([name]) => !CONFLICTING.includes(name));
  let client: Deno.ChildProcess;
  try {
    client = new Deno.Command("claude", {
      args: [...args],
      cwd: folder,
      clearEnv: true,
      env: { ...Object.fromEntries(inherited), ...environment },
    }).spawn();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    throw new Failure(
      "Claude Code is not installed: there is no `claude` in PATH. Install it with " +
        "`npm install -g @anthropic-ai/claude-code`",
    );
  }
  // Ctrl+C is the client's business: it gets the same signal from the terminal, and decides.
  const listenNoMore = onStopSignal((name) => {
    if (name === "SIGTERM") client.kill("SIGTERM");
  });
  const { code } = await client.status;
  listenNoMore();
  return code;
}
