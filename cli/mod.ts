/** The commands. Beside main.ts the only folder that touches the environment, files, processes and the console. */
import { Command } from "commander";
import type { Parts } from "../core/assemble.ts";
import { ConfigError } from "../core/config.ts";
import { ApiError } from "../core/errors.ts";
import { append, logLevel, portNumber, workerNumber } from "./arguments.ts";
import { check, type CheckOptions } from "./check/mod.ts";
import { code } from "./code.ts";
import { Failure } from "./failure.ts";
import { addFleet } from "./fleet/mod.ts";
import { demo, type DemoOptions } from "./demo.ts";
import { spareThisMachine } from "./http_proxy.ts";
import type { InitOptions } from "./init.ts";
import { complain } from "./logs.ts";
import type { SettingFlags } from "./program.ts";
import { start, type StartOptions } from "./start.ts";
import { serveAlong } from "./worker.ts";
import { portOfWorker } from "./workers.ts";

/** Runs one command. Ends the process with 1 where it failed, with 2 where it was called wrongly. */
export async function run(args: readonly string[], parts: Parts): Promise<void> {
  spareThisMachine();
  try {
    await makeCommands(parts).parseAsync(args, { from: "user" });
  } catch (thrown) {
    const said = [ConfigError, Failure, ApiError].some((kind) => thrown instanceof kind);
    if (!said && !isOfSystem(thrown)) throw thrown;
    complain((thrown as Error).message);
    Deno.exit(thrown instanceof Failure ? thrown.exitCode : 1);
  }
}

/** Such as "Permission denied (os error 13): mkdir 'logs'", which says what failed and where: no fault of ours. */
function isOfSystem(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && /^E[A-Z]+$/.test(String(thrown.code));
}

/** All commands with their options and help. */
export function makeCommands(parts: Parts): Command {
  const program = new Command("ccproxy")
    .description("Runs Claude Code on any OpenAI-compatible model.")
    .version(parts.version, "-v, --version")
    .exitOverride((error) => Deno.exit(error.exitCode === 0 ? 0 : 2));
  program.command("start")
    .description("Start the proxy.")
    .option("--env <file>", "env file (default: .env)")
    .option("--host <host>", "address to listen on (HOST)")
    .option("--port <number>", "port to listen on (PORT)", portNumber)
    .option("--log-level <level>", "DEBUG, INFO, WARNING or ERROR (LOG_LEVEL)", logLevel)
    .option("--provider <name>", "which provider's rules apply (PROVIDER)")
    .option("--plugin <file>", "file with an adapter or a plugin, again for more (PLUGINS)", append)
    .option("--log-dir <folder>", "write JSON log files there (LOG_DIR)")
    .option("--name <name>", "name of this instance, and of its log file", "ccproxy")
    .option("--workers <number>", "threads that share the port, Linux only (WORKERS)", workerNumber)
    .addHelpText("after", "\nExample: deno task start --env .env-kimi --port 8081")
    .action((options: StartOptions) => {
      const port = portOfWorker();
      return port === undefined ? start(options, parts) : serveAlong(port, options, parts);
    });
  program.command("demo")
    .description("Show a conversation with an embedded model. Needs no key and no network.")
    .option("--port <number>", "port to listen on", portNumber, "8082")
    .option("--once", "exit after the transcript")
    .addHelpText("after", "\nExample: deno task demo --once")
    .action((options: DemoOptions) => demo(options, parts));
  program.command("code")
    .description("Run Claude Code through a proxy of its own. Its arguments go after --.")
    .argument("[arguments...]", "what `claude` is given")
    .showHelpAfterError("What is for Claude Code goes after --")
    .option("--env <file>", "env file (default: .env)")
    .option("--port <number>", "port to listen on (default: a free one)", portNumber)
    .option("--log-level <level>", "DEBUG, INFO, WARNING or ERROR (LOG_LEVEL)", logLevel)
    .option("--provider <name>", "which provider's rules apply (PROVIDER)")
    .option("--plugin <file>", "file with an adapter or a plugin, again for more (PLUGINS)", append)
    .option("--log-dir <folder>", "write log files there (default: ~/.ccproxy/logs)")
    .addHelpText("after", '\nExample: deno task ccproxy code --env .env-kimi -- -p "hello"')
    .action(async (args: string[], flags: SettingFlags) => {
      Deno.exit(await code(args, flags, parts));
    });
  program.command("init")
    .description("Write an env file, after a few questions. Replaces none unasked.")
    .option("--file <file>", "what to write", ".env")
    .option("--provider <name>", "which provider")
    .option("--port <number>", "port to listen on", portNumber, "8082")
    .option("--yes", "ask nothing; the key is taken from the provider's own variable")
    .option("--force", "replace a file that is there")
    .addHelpText("after", "\nExample: deno task ccproxy init --file .env-kimi --provider kimi")
    .action(async (options: InitOptions) => {
      // Loaded when it is asked for: its prompts would lie in the memory of every server.
      const { init } = await import("./init.ts");
      await init(options, parts);
    });
  program.command("check")
    .description("Read the settings aloud, and warn of what is wrong or risky.")
    .option("--env <file>", "env file (default: .env)")
    .option("--provider <name>", "which provider's rules apply (PROVIDER)")
    .option("--plugin <file>", "file with an adapter or a plugin, again for more (PLUGINS)", append)
    .option("--live", "ask the provider too: key, models, streaming, tools, images, reasoning")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample: deno task ccproxy check --env .env-kimi --live")
    .action((options: CheckOptions) => check(options, parts));
  addFleet(program);
  program.command("version")
    .description("Print the version.")
    .addHelpText("after", "\nExample: deno task ccproxy version")
    .action(() => console.log(parts.version));
  return program;
}
