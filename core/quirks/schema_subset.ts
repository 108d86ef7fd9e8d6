/** JSON Schema as the few words that OpenAPI's `Schema` knows (Q54). All are pure. */
import { eachSubschema, mapInner, type Schema } from "./schemas.ts";
import { isObject } from "../stream/json.ts";

/** How often a definition may stand inside itself before it is cut off. */
const DEPTH = 3;
/** How deep definitions may stand inside others. */
const DEEPEST = 9;
/** Definitions that all point at each other would be billions. Then fewer levels of them are put in. */
const MOST_REFS = 200;

const WORDS = new Set([
  "type",
  "format",
  "title",
  "description",
  "nullable",
  "enum",
  "items",
  "minItems",
  "maxItems",
  "properties",
  "required",
  "minProperties",
  "maxProperties",
  "minLength",
  "maxLength",
  "pattern",
  "anyOf",
  "default",
  "minimum",
  "maximum",
]);

const FORMATS = new Set(["enum", "date-time", "int32", "int64", "float", "double"]);

/** Each `$ref` replaced by what it points at; inside itself a few times, then by any object. */
export function inlineRefs(schema: Schema): Schema {
  for (let deepest = DEEPEST;; deepest--) {
    const { inlined, refs } = inlineTo(deepest, schema);
    if (refs <= MOST_REFS || deepest === 1) return inlined;
  }
}

function inlineTo(deepest: number, schema: Schema) {
  let refs = 0;
  function resolve(inner: Schema, path: readonly string[]): Schema {
    const { $ref, $defs: _defs, definitions: _definitions, ...rest } = inner;
    if (typeof $ref === "string") {
      const fits = path.length < deepest && path.filter((one) => one === $ref).length < DEPTH &&
        ++refs <= MOST_REFS;
      const target = fits ? lookUp(schema, $ref) : undefined;
      return target === undefined
        ? { ...rest, type: "object" }
        : { ...resolve(target, [...path, $ref]), ...rest };
    }
    return mapInner(rest, (one) => resolve(one, path));
  }
  return { inlined: resolve(schema, []), refs };
}

/** The schema in these words. What has none is said in the description. */
export function schemaSubset(schema: Schema): Schema {
  return eachSubschema(inlineRefs(schema), simplify);
}

function simplify(schema: Schema): Schema {
  const { const: only, oneOf, exclusiveMinimum, exclusiveMaximum, type, ...rest } = merged(schema);
  const types = [type].flat().filter((one) => typeof one === "string");
  if (types.length === 1 && types[0] === "null") return NULL;
  const known: Record<string, unknown> = {
    ...rest,
    ...(only === undefined ? {} : { enum: [only] }),
    ...(Array.isArray(oneOf) ? { anyOf: oneOf } : {}),
    ...(typeof exclusiveMinimum === "number" ? { minimum: exclusiveMinimum } : {}),
    ...(typeof exclusiveMaximum === "number" ? { maximum: exclusiveMaximum } : {}),
    ...(types.includes("null") ? { nullable: true } : {}),
  };
  foldNull(known);
  const named = types.find((one) => one !== "null") ?? known["type"] ?? impliedType(known);
  if (named !== undefined) known["type"] = named;
  if (named === "array" && !isObject(known["items"])) known["items"] = { type: "string" };
  if (!FORMATS.has(String(known["format"]))) delete known["format"];
  limitToProperties(known);
  limitEnum(known);
  return Object.fromEntries(Object.entries(known).filter(([word]) => WORDS.has(word)));
}

/** A branch that says "or nothing"; where it stands, the whole may be null. */
const NULL: Schema = { nullable: true };

function foldNull(schema: Record<string, unknown>): void {
  const { anyOf } = schema;
  if (!Array.isArray(anyOf) || !anyOf.includes(NULL)) return;
  const branches = anyOf.filter((branch) => branch !== NULL);
  schema["nullable"] = true;
  schema["anyOf"] = branches;
  if (branches.length > 1) return;
  delete schema["anyOf"];
  Object.assign(schema, branches[0]);
}

/** `allOf` as one schema. */
function merged({ allOf, ...schema }: Schema): Schema {
  if (!Array.isArray(allOf)) return schema;
  const parts = allOf.filter(isObject);
  const all = [...parts, schema];
  const properties = Object.assign({}, ...all.map((part) => part["properties"]));
  return {
    ...Object.assign({}, ...parts),
    ...schema,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    required: all.flatMap((part) => part["required"] ?? []),
  };
}

/** What a schema without a type must mean; a value of any kind is asked for as text. */
function impliedType(schema: Readonly<Record<string, unknown>>): string | undefined {
  if (isObject(schema["properties"])) return "object";
  if (schema["items"] !== undefined) return "array";
  if (Array.isArray(schema["anyOf"])) return undefined;
  return typeof (schema["enum"] as unknown[] | undefined)?.[0] === "number" ? "number" : "string";
}

/** Only properties that exist can be required. */
function limitToProperties(schema: Record<string, unknown>): void {
  const { properties, required } = schema;
  if (!Array.isArray(required)) return;
  const kept = required.filter((name) => isObject(properties) && name in properties);
  if (kept.length > 0) schema["required"] = kept;
  else delete schema["required"];
}

/** Only texts can be listed, and none that is empty. */
function limitEnum(schema: Record<string, unknown>): void {
  const { enum: values, type } = schema;
  if (!Array.isArray(values)) return;
  const texts = values.filter((value) => typeof value === "string" && value !== "");
  if (type === "string" && texts.length > 0) {
    schema["enum"] = texts;
    return;
  }
  delete schema["enum"];
  const said = `One of ${values.map((value) => JSON.stringify(value)).join(", ")}`;
  schema["description"] = [schema["description"], said].filter(Boolean).join(". ");
}

function lookUp(root: Schema, ref: string): Schema | undefined {
  if (!ref.startsWith("#")) return undefined;
  let place: unknown = root;
  for (const step of ref.slice(1).split("/").filter(Boolean)) {
    place = isObject(place) ? place[decodeURIComponent(step)] : undefined;
  }
  return isObject(place) ? place : undefined;
}
