/** The settings, read aloud: what each is, and where it comes from. Pure. */
import { type Config, CUSTOM_HEADER, SETTINGS } from "../../core/config.ts";
import { REFERENCES } from "../secrets.ts";

export interface Line {
  readonly name: string;
  /** Secrets are masked. */
  readonly value: string;
  readonly source: string;
}

export interface Given {
  readonly values: Readonly<Record<string, string>>;
  readonly sources: Readonly<Record<string, string>>;
  /** Names that the provider's adapter reads too. */
  readonly own: readonly string[];
}

/** What is set, and what the settings that matter most are by default. */
export function readAloud({ values, sources, own }: Given, config: Config): Line[] {
  const names = [...new Set([...SETTINGS, ...REFERENCES, ...own])];
  const headers = Object.keys(values).filter((name) => name.startsWith(CUSTOM_HEADER)).sort();
  const defaults = defaultsOf(config);
  return [...names, ...headers].flatMap((name) => {
    const value = values[name];
    if (value !== undefined && value.trim() !== "") {
      return [{ name, value: mask(name, value), source: sources[name] ?? "-" }];
    }
    const byDefault = defaults[name];
    return byDefault === undefined ? [] : [{ name, value: byDefault, source: "default" }];
  });
}

/** The last characters of a secret are enough to tell two apart. */
export function mask(name: string, value: string): string {
  if (!/_(?:KEY|TOKEN|SECRET)$/.test(name) && !name.startsWith(CUSTOM_HEADER)) return value;
  return value.length < 16 ? "****" : `****${value.slice(-4)}`;
}

function defaultsOf({ models, host, port, logLevel, maxRetries }: Config): Record<string, string> {
  return {
    BIG_MODEL: models.big,
    MIDDLE_MODEL: models.middle,
    SMALL_MODEL: models.small,
    HOST: host,
    PORT: String(port),
    LOG_LEVEL: logLevel,
    MAX_RETRIES: String(maxRetries),
  };
}
