/** The one place that keeps secrets out of what is written: every log line passes here before any file or terminal. */
import { CUSTOM_HEADER } from "../core/config.ts";

export const HIDDEN = "[hidden]";

/** Shorter values ("x", "none") are no secrets, and hiding them would garble everything. */
const SHORTEST = 6;

const SECRET_NAME = /(?:_KEY|_TOKEN|_SECRET|_PASSWORD|_COOKIE)$/;
const SECRET_FIELD =
  /^(?:(?:proxy-)?authorization|cookie|set-cookie|(?:[\w-]*-)?api-?key|[\w-]*-(?:token|secret))$/i;
const SECRET_SHAPES = [/\bBearer\s+[\w.~+/=-]{6,}/gi, /\bsk-[\w-]{12,}/g, /\bAIza[\w-]{30,}/g];

/** The secrets among variables: keys, tokens, and what custom headers carry. */
export function secretsOf(values: Readonly<Record<string, string>>): string[] {
  const found = Object.entries(values)
    .filter(([name]) => SECRET_NAME.test(name) || name.startsWith(CUSTOM_HEADER))
    .flatMap(([, value]) => [value, ...value.split(","), ...value.split(/[,:]/)])
    .flatMap((value) => [value.trim(), JSON.stringify(value.trim()).slice(1, -1)])
    .filter((value) => value.length >= SHORTEST);
  return [...new Set(found)].sort((one, other) => other.length - one.length);
}

/** A copy without secrets: the known ones wherever they stand, header fields by name, and what looks like a key. */
export function redact(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return redactText(value, secrets);
  if (value instanceof Error) return redactText(value.stack ?? value.message, secrets);
  if (Array.isArray(value)) return value.map((item) => redact(item, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      SECRET_FIELD.test(name) ? HIDDEN : redact(item, secrets),
    ]),
  );
}

export function redactText(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (clean.includes(secret)) clean = clean.replaceAll(secret, HIDDEN);
  }
  for (const shape of SECRET_SHAPES) clean = clean.replaceAll(shape, HIDDEN);
  return clean;
}
