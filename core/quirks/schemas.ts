/** Tool schemas: what providers refuse in them, taken out (Q42, Q91). All are pure. */
import type { OpenAI } from "../contract.ts";
import { isObject } from "../stream/json.ts";
import { fieldsOf } from "./fields.ts";

export type Schema = Readonly<Record<string, unknown>>;

/** Changes the schema of each tool. */
export function eachParameters(
  body: OpenAI.Request,
  change: (parameters: Schema) => Schema,
): OpenAI.Request {
  if (body.tools === undefined) return body;
  const tools = body.tools.map((tool) => ({
    ...tool,
    function: { ...tool.function, parameters: change(tool.function.parameters) },
  }));
  return { ...body, tools };
}

/** Changes the schema of a structured answer (A28). */
export function eachAnswerSchema(
  body: OpenAI.Request,
  change: (schema: Schema) => Schema,
): OpenAI.Request {
  const asked = fieldsOf(fieldsOf(body.response_format)["json_schema"]);
  if (asked["schema"] === undefined) return body;
  const json_schema = { ...asked, schema: change(fieldsOf(asked["schema"])) };
  return { ...body, response_format: { type: "json_schema", json_schema } };
}

/** Fields that hold a schema or a list of schemas, and fields that hold schemas by name. */
const INNER = new Set(
  "items additionalProperties not if then else contains anyOf oneOf allOf prefixItems".split(" "),
);
const NAMED = new Set(["properties", "patternProperties", "$defs", "definitions"]);

/** Changes a schema and all schemas inside it, the innermost first. */
export function eachSubschema(schema: Schema, change: (schema: Schema) => Schema): Schema {
  return change(mapInner(schema, (inner) => eachSubschema(inner, change)));
}

/**
 * Changes the schemas right inside a schema. A property may be called like a word of JSON Schema: it is none.
 * Copies only where something changes, which is almost nowhere: 5 us instead of 25 for the client's 12 tools.
 */
export function mapInner(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const visit = (value: unknown) => isObject(value) ? change(value) : value;
  return mapFields(schema, (value, field) => {
    if (INNER.has(field)) return Array.isArray(value) ? value.map(visit) : visit(value);
    return NAMED.has(field) && isObject(value) ? mapFields(value, visit) : value;
  });
}

/** The same object where no field changes. */
function mapFields(fields: Schema, change: (value: unknown, field: string) => unknown): Schema {
  const changes: [string, unknown][] = [];
  for (const field in fields) {
    const changed = change(fields[field], field);
    if (changed !== fields[field]) changes.push([field, changed]);
  }
  if (changes.length === 0) return fields;
  return Object.fromEntries([...Object.entries(fields), ...changes]);
}

/**
 * No combinators at the root: the branches' properties become the root's own, and of what they require stays what all
 * require (for `allOf`, what any requires). `enum` and `not` at the root go.
 */
export function flatRoot(schema: Schema): Schema {
  const { anyOf, oneOf, allOf, enum: _enum, not: _not, ...rest } = schema;
  const choices = [...branches(anyOf), ...branches(oneOf)];
  const parts = branches(allOf);
  if (choices.length + parts.length === 0) return rest;
  const properties = Object.assign(
    {},
    ...[...choices, ...parts].map((branch) => branch["properties"]),
    rest["properties"],
  );
  const shared = choices.map(required).reduce<string[] | undefined>(
    (common, names) => common?.filter((name) => names.includes(name)) ?? names,
    undefined,
  );
  const names = new Set([...required(rest), ...parts.flatMap(required), ...shared ?? []]);
  return { ...rest, properties, ...(names.size > 0 ? { required: [...names] } : {}) };
}

/** The tools' schemas as OpenAI and its closer imitators take them. */
export function plainSchemas(body: OpenAI.Request): OpenAI.Request {
  return eachParameters(body, (parameters) => filledIn(flatRoot(parameters)));
}

/** Says what some validators insist on: an object has properties, a list has items (Q42). */
export function filledIn(schema: Schema): Schema {
  return eachSubschema(schema, (inner) => {
    if (inner["type"] === "object" && inner["properties"] === undefined) {
      return { ...inner, properties: {} };
    }
    if (inner["type"] === "array" && inner["items"] === undefined) return { ...inner, items: {} };
    return inner;
  });
}

function branches(value: unknown): Schema[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function required(schema: Schema): string[] {
  const names = schema["required"];
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
}
