/** Words about the fields of a value. */

type Fields = Readonly<Record<string, unknown>>;

/** The value without these fields. */
export function omit<Value extends object>(value: Value, ...fields: readonly string[]): Value {
  return Object.fromEntries(
    Object.entries(value).filter(([field]) => !fields.includes(field)),
  ) as Value;
}

/** The value with fields under other names; a field that is not there stays away. */
export function rename<Value extends object>(
  value: Value,
  names: Readonly<Record<string, string>>,
): Value {
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [names[field] ?? field, inner]),
  ) as Value;
}

/** Keeps a number between two bounds. */
export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** A field's own fields, or nothing where it is no object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? value as Fields : {};
}
