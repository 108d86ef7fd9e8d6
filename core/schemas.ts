/** Tool schemas: what providers refuse in them, taken out (Q42, Q91). All are pure. */
import type { OpenAI } from "./contract.ts";

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

/** Fields that hold a schema, a list of schemas, or schemas by name. */
const INNER = ["items", "additionalProperties", "not", "if", "then", "else", "contains"];
const LISTS = ["anyOf", "oneOf", "allOf", "prefixItems"];
const NAMED = ["properties", "patternProperties", "$defs", "definitions"];

/** Changes a schema and all schemas inside it, the innermost first. */
export function eachSubschema(schema: Schema, change: (schema: Schema) => Schema): Schema {
  return change(mapInner(schema, (inner) => eachSubschema(inner, change)));
}

/** Changes the schemas right inside a schema. A property may be called like a word of JSON Schema: it is none. */
export function mapInner(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const visit = (value: unknown) => isSchema(value) ? change(value) : value;
  const entries = Object.entries(schema).map(([field, value]): [string, unknown] => {
    if (INNER.includes(field) || LISTS.includes(field)) {
      return [field, Array.isArray(value) ? value.map(visit) : visit(value)];
    }
    if (NAMED.includes(field) && isSchema(value)) {
      const inner = Object.entries(value).map(([name, one]) => [name, visit(one)]);
      return [field, Object.fromEntries(inner)];
    }
    return [field, value];
  });
  return Object.fromEntries(entries);
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
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function required(schema: Schema): string[] {
  const names = schema["required"];
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
