/** JSON Schema as Moonshot's validator wants it (Q61). */
import { eachSubschema, flatRoot, type Schema } from "../core/mod.ts";

/**
 * Every schema names its type, none beside a choice; a list of fixed places is `prefixItems`. No `$schema`: in a
 * structured answer's schema it makes K2.5 write nonsense.
 */
export function moonshotSchema(schema: Schema): Schema {
  const { $schema: _schema, ...root } = flatRoot(schema);
  const mended = eachSubschema(root, mend);
  return { ...mended, type: "object", properties: mended["properties"] ?? {} };
}

function mend(schema: Schema): Schema {
  const { items, oneOf, anyOf, type, ...rest } = schema;
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) {
    return { ...rest, anyOf: choices.map((branch) => withType(branch, type)) };
  }
  const list = Array.isArray(items)
    ? { prefixItems: items.map((item) => withType(item, undefined)) }
    : items === undefined
    ? {}
    : { items };
  return withType({ ...rest, ...list }, type);
}

function withType(schema: Schema, type: unknown): Schema {
  if (schema["type"] !== undefined || schema["$ref"] !== undefined) return schema;
  if (Array.isArray(schema["anyOf"]) || Array.isArray(schema["allOf"])) return schema;
  return { ...schema, type: type ?? impliedType(schema) };
}

function impliedType(schema: Schema): string {
  if (schema["properties"] !== undefined) return "object";
  if (schema["items"] !== undefined || schema["prefixItems"] !== undefined) return "array";
  const example = (schema["enum"] as readonly unknown[] | undefined)?.[0] ?? schema["const"];
  if (typeof example === "number") return "number";
  return typeof example === "boolean" ? "boolean" : "string";
}
