import assert from "node:assert/strict";
import {
  eachAnswerSchema,
  eachSubschema,
  filledIn,
  flatRoot,
  omit,
  type Schema,
} from "../../../core/mod.ts";

const text = { type: "string" };
const number = { type: "number" };

Deno.test("eachSubschema() changes schemas wherever they stand, and nothing that only looks like one", () => {
  const schema: Schema = {
    properties: { a: text, items: { items: [number] } },
    anyOf: [text],
    additionalProperties: false,
    default: text,
    required: ["a"],
  };
  const typeless = eachSubschema(schema, (inner) => omit(inner, "type"));
  assert.deepEqual(typeless, {
    ...schema,
    properties: { a: {}, items: { items: [{}] } },
    anyOf: [{}],
  });
});

Deno.test("eachSubschema() makes no copy where nothing changes", () => {
  const schema = { properties: { a: { items: text } } };
  assert.equal(eachSubschema(schema, (inner) => inner), schema);
});

const ROOTS: readonly [string, Schema, Schema][] = [
  ["a plain root", { properties: { a: text }, required: ["a"] }, {
    properties: { a: text },
    required: ["a"],
  }],
  ["what all choices require", {
    anyOf: [
      { properties: { a: text, b: text }, required: ["a", "b"] },
      { properties: { b: number, c: text }, required: ["b", "c"] },
    ],
  }, { properties: { a: text, b: number, c: text }, required: ["b"] }],
  ["choices that require nothing in common", {
    oneOf: [{ properties: { a: text }, required: ["a"] }, { properties: { b: text } }],
  }, { properties: { a: text, b: text } }],
  ["what any part requires, and the root's own word last", {
    allOf: [{ properties: { a: text }, required: ["a"] }, { properties: { b: text } }],
    properties: { b: number },
    required: ["b"],
  }, { properties: { a: text, b: number }, required: ["b", "a"] }],
  ["no list of values", { type: "object", enum: [{}], not: text }, { type: "object" }],
];

for (const [what, schema, flat] of ROOTS) {
  Deno.test(`flatRoot() keeps ${what} (Q42)`, () => {
    assert.deepEqual(flatRoot(schema), flat);
  });
}

Deno.test("filledIn() gives objects properties and lists items, where they have none (Q42)", () => {
  const given = { type: "object", properties: { a: { type: "array" }, b: { type: "object" } } };
  assert.deepEqual(filledIn(given), {
    type: "object",
    properties: { a: { type: "array", items: {} }, b: { type: "object", properties: {} } },
  });
});

Deno.test("eachAnswerSchema() changes the schema of a structured answer, and no other body (A28)", () => {
  const plain = { model: "m", messages: [] };
  const never = () => assert.fail("there is no schema");
  assert.equal(eachAnswerSchema(plain, never), plain);
  const json_schema = { name: "answer", schema: text };
  const asked = { ...plain, response_format: { type: "json_schema", json_schema } };
  assert.deepEqual(eachAnswerSchema(asked, () => number).response_format, {
    type: "json_schema",
    json_schema: { name: "answer", schema: number },
  });
});
