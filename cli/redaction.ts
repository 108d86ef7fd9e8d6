/** The one place that keeps secrets out of what is written: every log line passes here before any file or terminal. */
import { HIDDEN, type Redact } from "../core/redact.ts";

const SECRET_FIELD =
  /^(?:(?:proxy-)?authorization|cookie|set-cookie|(?:[\w-]*-)?api-?key|[\w-]*-(?:token|secret))$/i;

/** A copy without secrets: `hide` is applied to each text, and header fields are hidden by name. */
export function redact(value: unknown, hide: Redact): unknown {
  if (typeof value === "string") return hide(value);
  if (value instanceof Error) return hide(value.stack ?? value.message);
  if (Array.isArray(value)) return value.map((item) => redact(item, hide));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      SECRET_FIELD.test(name) ? HIDDEN : redact(item, hide),
    ]),
  );
}
