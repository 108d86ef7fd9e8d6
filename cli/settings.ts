/** Gathers the settings: flags > env file > process environment. */
import { parseEnv } from "./env_text.ts";
import { ConfigError, CUSTOM_HEADER, SETTINGS } from "../core/config.ts";
import type { ProviderAdapter, Providers } from "../core/mod.ts";
import { withoutShadowed } from "./secrets.ts";

const DEFAULT_FILE = ".env";

export interface Gathered {
  readonly values: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  /** Where each value comes from: "flag", the name of the file, or "environment". */
  readonly sources: Readonly<Record<string, string>>;
}

export interface Sources {
  /** Settings given as flags, by the names of their variables. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** The env file that was asked for; undefined: `.env` where there is one. */
  readonly file: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly providers: Providers;
}

/**
 * The file beats the environment on purpose: a key that the shell exports for one vendor must not reach the URL of
 * another. Throws ConfigError for a file that cannot be read.
 */
export function gatherSettings({ flags, file, environment, providers }: Sources): Gathered {
  const fromFile = readEnvFile(file);
  const given = Object.entries(flags).filter((flag): flag is [string, string] =>
    flag[1] !== undefined
  );
  const known = knownNames(providers);
  const from = (values: Readonly<Record<string, unknown>>, source: string) =>
    Object.fromEntries(Object.keys(values).map((name) => [name, source]));
  return {
    values: {
      ...withoutShadowed(environment, fromFile),
      ...fromFile,
      ...Object.fromEntries(given),
    },
    sources: {
      ...from(environment, "environment"),
      ...from(fromFile, file ?? DEFAULT_FILE),
      ...from(Object.fromEntries(given), "flag"),
    },
    warnings: [
      ...misspellings(fromFile, file ?? DEFAULT_FILE, known),
      ...misspellings(ownOf(environment), "environment", known),
    ],
  };
}

function readEnvFile(file: string | undefined): Record<string, string> {
  let text: string;
  try {
    text = Deno.readTextFileSync(file ?? DEFAULT_FILE);
  } catch (thrown) {
    if (file === undefined && thrown instanceof Deno.errors.NotFound) return {};
    const reason = thrown instanceof Deno.errors.NotFound
      ? "there is no such file. Copy .env.example to it, or name another with --env"
      : thrown instanceof Error
      ? thrown.message
      : String(thrown);
    throw new ConfigError(`Cannot read ${file ?? DEFAULT_FILE}: ${reason}`);
  }
  const values = parseEnv(text);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ""));
}

function knownNames(providers: Providers): ReadonlySet<string> {
  return new Set([...SETTINGS, ...Object.values(providers).flatMap(variablesOf)]);
}

/** The names of the variables that an adapter reads. */
export function variablesOf({ apiKeyEnv, env = [] }: ProviderAdapter): string[] {
  return apiKeyEnv === undefined ? [...env] : [apiKeyEnv, ...env];
}

/** The environment is full of others' names, and a short one is two letters off many. */
function ownOf(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name.length > 8));
}

function misspellings(
  values: Readonly<Record<string, string>>,
  source: string,
  known: ReadonlySet<string>,
): string[] {
  return Object.keys(values).flatMap((name) => misspelling(name, known))
    .map((warning) => `${source}: ${warning}`);
}

/** A name that is one or two letters off a known one is surely meant to be it; other unknown names are others' business. */
function misspelling(name: string, known: ReadonlySet<string>): string[] {
  if (known.has(name) || name.startsWith(CUSTOM_HEADER)) return [];
  const meant = [...known].find((candidate) => distance(name.toUpperCase(), candidate) <= 2);
  return meant === undefined ? [] : [`${name} is not a setting. Did you mean ${meant}?`];
}

/** Letters to add, drop or change to make one word the other. */
function distance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...one].entries()) {
    const current = [row + 1];
    for (const [column, counterpart] of [...other].entries()) {
      const change = (previous[column] ?? 0) + (letter === counterpart ? 0 : 1);
      current.push(Math.min(change, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
