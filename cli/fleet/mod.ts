/** `ccproxy fleet`: many proxies side by side. */
import { type Command, Option } from "commander";
import { append, wholeNumber } from "../arguments.ts";
import { Failure } from "../failure.ts";
import { cleanLogs } from "../logs/clean.ts";
import { align, paint, printJson } from "../output.ts";
import { type FleetOptions, LOGS, readFleet } from "./folders.ts";
import { pick } from "./instances.ts";
import { showLogs } from "./logs.ts";
import { readRecord, runs } from "./process.ts";
import { type Started, startInstance } from "./start.ts";
import { statusOf, statusTable } from "./status.ts";
import { end, stopInstance, type Stopped } from "./stop.ts";
import { supervise, SUPERVISOR } from "./supervise.ts";

interface Options extends FleetOptions {
  readonly json?: boolean;
}

export function addFleet(program: Command): void {
  const fleet = program.command("fleet")
    .description("Run several proxies side by side: those of proxies.json, or those given.");
  const command = (usage: string, description: string, example: string) =>
    fleet.command(usage).description(description)
      .option("--instance <port:env-file:name>", "an instance; again for more", append)
      .option("--file <file>", "list of instances (default: proxies.json)")
      .addHelpText("after", `\nExample: deno task ccproxy fleet ${example}`);

  command("start [names...]", "Start them, and wait until each answers.", "start")
    .option("--foreground", "stay, show what they print, and start again what falls")
    .option("--json", "print JSON")
    .action(startFleet);
  command("stop [names...]", "Stop them: running answers are completed first.", "stop Kimi-K2")
    .option("--json", "print JSON")
    .action(stopFleet);
  command("restart [names...]", "Stop them and start them again.", "restart Kimi-K2")
    .option("--json", "print JSON")
    .action(restartFleet);
  command("status [names...]", "Show how each is. Exit code 1 if one does not run.", "status")
    .option("--json", "print JSON")
    .action(showStatus);
  command("logs [names...]", "Show their last log lines.", "logs Kimi-K2 --follow")
    .option("-n, --lines <number>", "how many lines", wholeNumber, 20)
    .option("-f, --follow", "go on showing what comes")
    .option("--json", "as they stand in the file")
    .action((names: string[], { lines, follow, json, ...options }) =>
      showLogs(pick(readFleet(options), names), {
        lines,
        follow: follow ?? false,
        json: json ?? false,
      })
    );
  fleet.command("clean-logs")
    .description("Compress yesterday's logs and remove old ones.")
    .addOption(
      new Option("--days <number>", "keep archives of so many days")
        .env("LOG_RETENTION_DAYS").argParser(wholeNumber).default(3),
    )
    .addHelpText("after", "\nExample: deno task ccproxy fleet clean-logs --days 7")
    .action(cleanFolder);
}

async function startFleet(names: string[], options: Options & { foreground?: boolean }) {
  const instances = pick(readFleet(options), names);
  if (options.foreground) return await supervise(instances);
  report(await Promise.all(instances.map(startInstance)), options);
}

async function stopFleet(names: string[], options: Options) {
  const instances = pick(readFleet(options), names);
  const supervisor = readRecord(SUPERVISOR);
  const ended = new Map<string, Stopped>();
  if (supervisor !== undefined && await runs(supervisor)) {
    if (names.length > 0) throw new Failure(supervised(supervisor.pid));
    const before = await Promise.all(instances.map(statusOf));
    const result = await end(supervisor);
    for (const { name, state } of before) if (state === "running") ended.set(name, result);
  }
  const results = await Promise.all(instances.map(async (instance) => {
    const result = await stopInstance(instance);
    return { name: instance.name, result: ended.get(instance.name) ?? result };
  }));
  if (options.json) printJson(results);
  else console.log(align(results.map(({ name, result }) => [name, result])));
}

async function restartFleet(names: string[], options: Options) {
  const instances = pick(readFleet(options), names);
  const supervisor = readRecord(SUPERVISOR);
  if (supervisor !== undefined && await runs(supervisor)) {
    await Promise.all(instances.map((instance) => stopInstance(instance)));
    console.log("Stopped; the supervisor starts them again.");
    return;
  }
  report(
    await Promise.all(instances.map(async (instance) => {
      await stopInstance(instance);
      return await startInstance(instance);
    })),
    options,
  );
}

async function showStatus(names: string[], options: Options) {
  const all = await Promise.all(pick(readFleet(options), names).map(statusOf));
  if (options.json) printJson(all);
  else console.log(statusTable(all));
  if (all.some(({ state }) => state !== "running")) Deno.exitCode = 1;
}

async function cleanFolder({ days }: { days: number }) {
  const cleaned = await cleanLogs(LOGS, { days, today: new Date() });
  console.log(
    `${LOGS}: ${cleaned.removed.length} removed, ${cleaned.compressed.length} compressed`,
  );
}

/** Throws Failure where one did not start, after telling of all. */
function report(all: readonly Started[], { json }: Options): void {
  if (json) printJson(all);
  else console.log(startTable(all));
  const failed = all.filter(({ state }) => state === "failed").map(({ name }) => name);
  if (failed.length > 0) throw new Failure(`Did not start: ${failed.join(", ")}`);
}

function startTable(all: readonly Started[]): string {
  return align(all.map(({ name, state, port, pid, detail }) => [
    name,
    paint(state, state === "failed" ? "red" : "green"),
    String(port),
    pid === undefined ? "-" : `pid ${pid}`,
    detail,
  ]));
}

function supervised(pid: number): string {
  return `They run under a supervisor (pid ${pid}), which would start them again. ` +
    "Use restart for one, or stop without names for all";
}
