import type { Parts } from "../../core/assemble.ts";
import { makeRedactor } from "../../core/redact.ts";
import { Failure } from "../failure.ts";
import { configureLogs } from "../logs.ts";
import { align, paint, printJson } from "../output.ts";
import { makeProgram, readSettings, type SettingFlags } from "../program.ts";
import { variablesOf } from "../settings.ts";
import { adviceFor } from "./advice.ts";
import { type Probe, probe } from "./probes.ts";
import { readAloud } from "./report.ts";

export interface CheckOptions extends SettingFlags {
  readonly live?: boolean;
  readonly json?: boolean;
}

/** Reads the settings aloud and warns; with `live` also asks the provider. Throws Failure where a probe failed. */
export async function check(options: CheckOptions, parts: Parts): Promise<void> {
  const { config, values, sources, warnings } = readSettings(options, parts);
  configureLogs({ level: "ERROR", hide: makeRedactor(config.secrets), quiet: true });
  const program = await makeProgram({ ...config, maxRetries: 0 }, parts, "check");
  const { provider, baseUrl, facts } = program;
  const adapter = parts.providers[provider];
  const own = adapter === undefined ? [] : variablesOf(adapter);
  const settings = readAloud({ values, sources, own }, config);
  const file = options.env ?? ".env";
  const advice = [
    ...warnings,
    ...adviceFor({ config, provider, baseUrl, sources, facts, file, fileMode: modeOf(file) }),
  ];
  if (!options.json) {
    console.log(`${provider} at ${baseUrl}\n`);
    console.log(align(settings.map(({ name, value, source }) => [
      name,
      value,
      paint(source, "grey"),
    ])));
    console.log(
      advice.length === 0
        ? `\n${paint("Nothing to warn of.", "green")}`
        : `\n${advice.map((line) => `${paint("Warning:", "yellow")} ${line}`).join("\n")}`,
    );
  }
  const probes = options.live ? await probe(program, config) : [];
  if (options.json) printJson({ provider, base_url: baseUrl, settings, warnings: advice, probes });
  else if (options.live) console.log(`\n${probeTable(probes)}`);
  if (probes.some(({ ok }) => !ok)) throw new Failure("Not all is well with the provider");
}

function probeTable(probes: readonly Probe[]): string {
  const rows = probes.map(({ name, model, ok, milliseconds, detail }) => [
    name,
    model,
    ok ? paint("ok", "green") : paint("failed", "red"),
    `${milliseconds} ms`,
    detail,
  ]);
  const changes = probes.flatMap(({ name, advice }) =>
    advice === undefined ? [] : [`${name}: ${advice}`]
  );
  return [
    align([["PROBE", "MODEL", "RESULT", "TIME", "DETAIL"], ...rows]),
    ...(changes.length === 0 ? [] : ["", "What to change:", ...changes]),
  ].join("\n");
}

function modeOf(file: string): number | undefined {
  try {
    return Deno.statSync(file).mode ?? undefined;
  } catch {
    return undefined;
  }
}
