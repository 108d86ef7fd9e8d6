/** The settings, parsed. Reads nothing: whoever calls has gathered the values. */
import { z } from "zod";
import type { Facts } from "./contract.ts";

/** A setting that is wrong: says what, where and how to mend it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const count = z.string().regex(/^\d+$/, "must be a whole number").transform(Number);
const tokens = count.refine((value) => value > 0, "must be at least 1");
const seconds = count.refine((value) => value > 0, "must be at least 1 second");
/** Several values in one, by commas. */
const list = z.string().transform((text) => text.split(",").map((item) => item.trim()))
  .refine((items) => items.every((item) => item !== ""), "has nothing between two commas");

const httpUrl = z.string().refine(isHttpUrl, "must be a URL that begins with http:// or https://");

const LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

/** More is surely a slip: each takes 40 MiB (docs/performance.md). */
export const MOST_WORKERS = 64;

const SCHEMA = z.object({
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: httpUrl.optional(),
  ANTHROPIC_API_KEY: list.optional(),
  BIG_MODEL: list.default(["gpt-4o"]),
  MIDDLE_MODEL: list.optional(),
  SMALL_MODEL: list.default(["gpt-4o-mini"]),
  FALLBACK_MODELS: list.default([]),
  HOST: z.string().default("0.0.0.0"),
  PORT: count.refine((port) => port <= 65535, "must be a port between 0 and 65535").default(8082),
  WORKERS: count.refine(
    (workers) => workers >= 1 && workers <= MOST_WORKERS,
    `must be between 1 and ${MOST_WORKERS}`,
  ).default(1),
  LOG_LEVEL: z.string().transform((level) => level.split(/[\s#]/)[0]?.toUpperCase() ?? "")
    .pipe(z.enum(LOG_LEVELS, "must be DEBUG, INFO, WARNING or ERROR")).default("INFO"),
  LOG_DIR: z.string().optional(),
  LOG_RETENTION_DAYS: count.default(3),
  LOG_BODIES: z.stringbool({ error: "must be true or false" }).default(true),
  MAX_TOKENS_LIMIT: tokens.optional(),
  MIN_TOKENS_LIMIT: count.optional(),
  CONNECT_TIMEOUT: seconds.default(15),
  REQUEST_TIMEOUT: seconds.default(300),
  IDLE_TIMEOUT: seconds.default(900),
  TOTAL_TIMEOUT: seconds.default(3600),
  MAX_RETRIES: count.default(2),
  SHUTDOWN_GRACE: count.default(30),
  PROVIDER: z.string().toLowerCase().optional(),
  PLUGINS: list.default([]),
  AUTO_MODE_MODEL: z.string().optional(),
  SEARCH_URL: httpUrl.optional(),
  SEARCH_KEY: z.string().optional(),
});

/** The names of the settings that are read here. */
export const SETTINGS: readonly string[] = Object.keys(SCHEMA.shape);

export const CUSTOM_HEADER = "CUSTOM_HEADER_";

/** What a client may present, and what it is called in the log. */
export interface ClientKey {
  readonly name: string;
  readonly key: string;
}

export interface Config {
  /** Empty where none is set. */
  readonly apiKey: string;
  /** Without a slash at its end; undefined: the adapter's own. */
  readonly baseUrl: string | undefined;
  /** What clients may present; none: only callers on this machine are let in. */
  readonly clientKeys: readonly ClientKey[];
  readonly models: { readonly big: string; readonly middle: string; readonly small: string };
  /** The models to ask when a model fails, by the model that is asked first. */
  readonly fallbacks: (model: string) => readonly string[];
  readonly host: string;
  readonly port: number;
  /** Threads that share the port. */
  readonly workers: number;
  readonly logLevel: LogLevel;
  /** Where log files go; undefined: no files. */
  readonly logDir: string | undefined;
  readonly logRetentionDays: number;
  /** Whether DEBUG shows prompts and answers. */
  readonly logBodies: boolean;
  readonly maxTokens: number | undefined;
  readonly minTokens: number | undefined;
  /** All in seconds. */
  readonly limits: Limits;
  readonly maxRetries: number;
  /** Seconds that running answers may take once the program is told to stop. */
  readonly grace: number;
  /** The adapter's name; undefined: read from the base URL. */
  readonly provider: string | undefined;
  /** Files with adapters and plugins of the user's own. */
  readonly pluginFiles: readonly string[];
  /** What is known of models, over what their adapter knows; by their names. */
  readonly facts: Readonly<Record<string, Facts>>;
  /** Judges tool calls in auto mode; undefined: the client asks its user. */
  readonly autoModeModel: string | undefined;
  /** The engine for web searches where the provider has none. */
  readonly search: { readonly url: string | undefined; readonly key: string | undefined };
  readonly customHeaders: Readonly<Record<string, string>>;
  /** What must never be seen in a log or an answer. */
  readonly secrets: readonly string[];
  /** All values as they were given: adapters name the ones they read. */
  readonly values: Readonly<Record<string, string>>;
}

/** Seconds. */
export interface Limits {
  /** Until the upstream's host has taken the connection. */
  readonly connect: number;
  /** Until the upstream's first byte. */
  readonly firstByte: number;
  /** Silence between two bytes; 700 s of honest silence have been seen. */
  readonly idle: number;
  /** From the first byte sent to the last one received. */
  readonly total: number;
}

/** Throws ConfigError naming each wrong setting. An empty value is one that is not set. */
export function parseConfig(given: Readonly<Record<string, string | undefined>>): Config {
  const values = Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim())),
  );
  const parsed = SCHEMA.safeParse(values);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name} ${message}${shown(name, values[name] ?? "")}`;
    });
    throw new ConfigError(faults.join("\n"));
  }
  const settings = parsed.data;
  const tiers = {
    big: settings.BIG_MODEL,
    middle: settings.MIDDLE_MODEL ?? settings.BIG_MODEL,
    small: settings.SMALL_MODEL,
  };
  return {
    apiKey: settings.OPENAI_API_KEY ?? "",
    baseUrl: settings.OPENAI_BASE_URL && baseOf(settings.OPENAI_BASE_URL),
    clientKeys: (settings.ANTHROPIC_API_KEY ?? []).map(clientKey),
    models: { big: tiers.big[0]!, middle: tiers.middle[0]!, small: tiers.small[0]! },
    fallbacks: (model) => fallbacksOf(model, Object.values(tiers), settings.FALLBACK_MODELS),
    host: settings.HOST,
    port: settings.PORT,
    workers: settings.WORKERS,
    logLevel: settings.LOG_LEVEL,
    logDir: settings.LOG_DIR,
    logRetentionDays: settings.LOG_RETENTION_DAYS,
    logBodies: settings.LOG_BODIES,
    maxTokens: settings.MAX_TOKENS_LIMIT,
    minTokens: settings.MIN_TOKENS_LIMIT,
    limits: {
      connect: settings.CONNECT_TIMEOUT,
      firstByte: settings.REQUEST_TIMEOUT,
      idle: settings.IDLE_TIMEOUT,
      total: settings.TOTAL_TIMEOUT,
    },
    maxRetries: settings.MAX_RETRIES,
    grace: settings.SHUTDOWN_GRACE,
    provider: settings.PROVIDER,
    pluginFiles: settings.PLUGINS,
    facts: {},
    autoModeModel: settings.AUTO_MODE_MODEL,
    search: { url: settings.SEARCH_URL, key: settings.SEARCH_KEY },
    customHeaders: customHeaders(values),
    secrets: secretsOf(values, settings.ANTHROPIC_API_KEY),
    values,
  };
}

/** Many paste the whole address: Azure's portal shows no other, and other routers are told it. */
function baseOf(url: string): string {
  return url.replace(/\/chat\/completions\/*(?=$|[?#])/, "").replace(/\/+$/, "");
}

/** The value that is wrong, where it can be no secret. */
function shown(name: string, value: string): string {
  if (name.endsWith("_KEY")) return "";
  return `, but is "${value.replace(/[^/@]*@/, "").replace(/\?.*/, "")}"`;
}

/** `alice:abc` is the key abc of alice; one without a name is called by its place. */
function clientKey(text: string, position: number): ClientKey {
  const [, name, key] = /^([\w.-]+):(.+)$/.exec(text) ?? [];
  return name === undefined || key === undefined
    ? { name: `key${position + 1}`, key: text }
    : { name, key };
}

/** The rest of the list that the model heads, then what is for all. */
function fallbacksOf(
  model: string,
  tiers: readonly (readonly string[])[],
  common: readonly string[],
): readonly string[] {
  const rest = tiers.find(([first]) => first === model)?.slice(1) ?? [];
  return [...new Set([...rest, ...common])].filter((other) => other !== model);
}

const SECRET_NAME = /(?:key|token|secret|password|signature|sig|code)$/i;

/** The values of settings that sound secret, and what a base URL may hold beside an address. */
function secretsOf(
  values: Readonly<Record<string, string>>,
  clientKeys: readonly string[] = [],
): string[] {
  const named = Object.entries(values).filter(([name]) =>
    name.startsWith(CUSTOM_HEADER) || SECRET_NAME.test(name)
  );
  const { username, password, searchParams } = new URL(values["OPENAI_BASE_URL"] ?? "http://none");
  return [
    ...named.map(([, value]) => value),
    ...clientKeys.map(clientKey).map(({ key }) => key),
    ...[username, password].map(decodeURIComponent),
    ...[...searchParams].filter(([name]) => SECRET_NAME.test(name)).map(([, value]) => value),
  ].filter((secret) => secret !== "");
}

/** CUSTOM_HEADER_X_API_KEY=v is the header `X-Api-Key: v`. */
function customHeaders(values: Readonly<Record<string, string>>): Record<string, string> {
  const headers = Object.entries(values)
    .filter(([name]) => name.startsWith(CUSTOM_HEADER) && name.length > CUSTOM_HEADER.length)
    .map(([name, value]) => [headerName(name.slice(CUSTOM_HEADER.length)), value] as const);
  for (const [name, value] of headers) {
    try {
      new Headers([[name, value]]);
    } catch {
      throw new ConfigError(`${CUSTOM_HEADER}${name}: its name or value cannot be an HTTP header`);
    }
  }
  return Object.fromEntries(headers);
}

function headerName(name: string): string {
  return name.toLowerCase().split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("-");
}

function isHttpUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}
