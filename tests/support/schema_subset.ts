import { fieldsOf } from "../../core/mod.ts";

const WORDS = new Set(
  ("type format title description nullable enum items minItems maxItems properties required " +
    "minProperties maxProperties minLength maxLength pattern anyOf default minimum maximum").split(
      " ",
    ),
);

/** What a provider that knows only these words refuses in a schema, in its own words (Q54). */
export function wrongInSubset(schema: Readonly<Record<string, unknown>>): string | undefined {
  const word = Object.keys(schema).find((field) => !WORDS.has(field));
  if (word) return `function_declarations[0].parameters: Unknown name "${word}"`;
  const { type, enum: values, items, required, properties } = schema;
  if (type !== undefined && typeof type !== "string") return "Proto field is not repeating: type";
  if (Array.isArray(values) && values.some((value) => typeof value !== "string" || value === "")) {
    return "Invalid value at enum[0] (TYPE_STRING)";
  }
  if (type === "array" && items === undefined) return "items: missing field";
  const missing = ((required ?? []) as string[]).find((name) => !(name in fieldsOf(properties)));
  return missing && `required[0]: property is not defined: ${missing}`;
}
