import { cancel, confirm, intro, isCancel, outro, password, select, text } from "@clack/prompts";
import type { Parts } from "../core/assemble.ts";
import { isLocal } from "../core/door.ts";
import { type Answers, envFile } from "./env_file.ts";
import { Failure } from "./failure.ts";
import { type Preset, PRESETS } from "./presets.ts";

export interface InitOptions {
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly provider?: string;
  readonly port: string;
  readonly file: string;
}

/** Writes an env file with mode 600. Throws Failure rather than replace one that is there. */
export async function init(options: InitOptions, parts: Parts): Promise<void> {
  const presets = PRESETS.filter(({ provider }) => provider in parts.providers);
  if (!options.yes) greet();
  if (!options.force && exists(options.file)) await mayReplace(options);
  const answers = options.yes
    ? fromOptions(options, presets, parts)
    : await askAll(options, presets, parts);
  write(options.file, envFile(answers));
  console.log(`Wrote ${options.file} (only you can read it).`);
  if (answers.key === "" && !isLocal(answers.baseUrl)) {
    const { apiKeyEnv } = parts.providers[answers.provider]!;
    const where = options.yes && apiKeyEnv !== undefined ? ` was found in ${apiKeyEnv}` : " is set";
    console.log(`No key${where}: write it into ${options.file} as OPENAI_API_KEY`);
  }
  console.log(`Next: deno task ccproxy check --env ${options.file} --live`);
  console.log(`Then: deno task ccproxy code --env ${options.file}`);
}

/** Throws Failure where nobody is there to answer. */
function greet(): void {
  if (!Deno.stdin.isTerminal()) {
    throw new Failure("init asks questions, and nobody is there to answer: use --yes", 2);
  }
  intro("ccproxy: a few questions, then Claude Code runs on your model");
}

/** Throws Failure where the file is to stay. */
async function mayReplace({ file, yes }: InitOptions): Promise<void> {
  const message = `${file} is there already. Replace it?`;
  if (!yes && await ask(confirm({ message, initialValue: false }))) return;
  throw new Failure(
    `${file} is there already: it stays as it is. Name another with --file, or replace it with --force`,
  );
}

/** For scripts: the key comes from the provider's own variable, or is left to be filled in. */
function fromOptions(options: InitOptions, presets: readonly Preset[], parts: Parts): Answers {
  const name = options.provider ?? "openai";
  const preset = presetOf(name, presets);
  const { baseUrl, apiKeyEnv } = parts.providers[name]!;
  const key = apiKeyEnv === undefined ? "" : Deno.env.get(apiKeyEnv) ?? "";
  return { ...preset, baseUrl, key, port: options.port };
}

function presetOf(name: string, presets: readonly Preset[]): Preset {
  const preset = presets.find(({ provider }) => provider === name);
  if (preset === undefined) {
    const known = presets.map(({ provider }) => provider).join(", ");
    throw new Failure(`--provider must be one of ${known}, but is "${name}"`, 2);
  }
  return preset;
}

async function askAll(
  options: InitOptions,
  presets: readonly Preset[],
  parts: Parts,
): Promise<Answers> {
  const provider = options.provider ?? await ask(select({
    message: "Which provider?",
    options: presets.map(({ provider, label }) => ({ value: provider, label })),
  }));
  const preset = presetOf(provider, presets);
  const url = parts.providers[preset.provider]!.baseUrl;
  const baseUrl = await ask(
    text({ message: "Its address?", initialValue: url, validate: needUrl }),
  );
  const key = isLocal(baseUrl)
    ? ""
    : await ask(password({ message: "Your key? (it is not shown)" }));
  const model = (tier: string, initialValue: string) =>
    ask(text({ message: `Model for ${tier}?`, initialValue, validate: needName }));
  const big = await model("opus", preset.big);
  const middle = await model("sonnet", preset.middle ?? big);
  const small = await model("haiku", preset.small);
  const port = await ask(
    text({ message: "Port?", initialValue: options.port, validate: needPort }),
  );
  outro("Thank you.");
  return { provider: preset.provider, label: preset.label, baseUrl, key, big, middle, small, port };
}

/** Throws Failure where the person gives up. */
async function ask<Answer>(question: Promise<Answer>): Promise<Exclude<Answer, symbol>> {
  const answer = await question;
  if (!isCancel(answer)) return answer as Exclude<Answer, symbol>;
  cancel("Nothing was written.");
  throw new Failure("init was cancelled");
}

function needUrl(value: string | undefined): string | undefined {
  return /^https?:\/\//.test(value ?? "") && URL.canParse(value ?? "")
    ? undefined
    : "A URL that begins with http:// or https://";
}

function needName(value: string | undefined): string | undefined {
  return value?.trim() ? undefined : "A model, as the provider names it";
}

function needPort(value: string | undefined): string | undefined {
  const port = Number(value);
  return Number.isInteger(port) && port > 0 && port <= 65535
    ? undefined
    : "a number from 1 to 65535";
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Made with its final mode, so that the key is at no time open to others. */
function write(path: string, content: string): void {
  if (exists(path)) Deno.removeSync(path);
  Deno.writeTextFileSync(path, content, { mode: 0o600, createNew: true });
}
