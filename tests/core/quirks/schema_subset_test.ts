import assert from "node:assert/strict";
import { inlineRefs, schemaSubset } from "../../../core/quirks/schema_subset.ts";

for (
  const [title, given, wanted] of [
    ["a constant is a list of one", { const: "text" }, { type: "string", enum: ["text"] }],
    ["oneOf is anyOf", { oneOf: [{ type: "string" }, { type: "number" }] }, {
      anyOf: [{ type: "string" }, { type: "number" }],
    }],
    ["allOf is one schema", {
      allOf: [
        { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
        { properties: { b: { type: "number" } } },
      ],
    }, {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "number" } },
      required: ["a"],
    }],
    ["bounds are inclusive", { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 9 }, {
      type: "number",
      minimum: 0,
      maximum: 9,
    }],
    ["a list of types is one that may be null", { type: ["string", "null"] }, {
      type: "string",
      nullable: true,
    }],
    ["a choice of something or nothing may be null", {
      anyOf: [{ type: "array", items: { type: "string" } }, { type: "null" }],
      default: null,
    }, { type: "array", items: { type: "string" }, nullable: true, default: null }],
    ["a choice keeps its other branches", {
      anyOf: [{ type: "string" }, { type: "number" }, { type: "null" }],
    }, { anyOf: [{ type: "string" }, { type: "number" }], nullable: true }],
    ["numbers are listed in words", { enum: [10, 20], description: "Lines" }, {
      type: "number",
      description: "Lines. One of 10, 20",
    }],
    ["an array has items", { type: "array" }, { type: "array", items: { type: "string" } }],
    ["a tuple is a list", { type: "array", items: [{ type: "number" }] }, {
      type: "array",
      items: { type: "string" },
    }],
    ["only properties that exist are required", {
      type: "object",
      properties: { a: { type: "string" } },
      required: ["a", "gone"],
    }, { type: "object", properties: { a: { type: "string" } }, required: ["a"] }],
    ["unknown words and formats go", {
      $schema: "x",
      type: "string",
      format: "uri",
      additionalProperties: false,
      propertyNames: {},
      examples: ["a"],
    }, { type: "string" }],
    ["a property may be called like a word", {
      type: "object",
      properties: { const: { type: "string" }, $ref: { type: "number" } },
    }, {
      type: "object",
      properties: { const: { type: "string" }, $ref: { type: "number" } },
    }],
  ] as const
) {
  Deno.test(`schemaSubset(): ${title} (Q54)`, () => {
    assert.deepEqual(schemaSubset(given), wanted);
  });
}

Deno.test("inlineRefs() puts definitions where they are used (Q54, Q91)", () => {
  const schema = {
    type: "object",
    properties: { one: { $ref: "#/$defs/name", description: "First" } },
    $defs: { name: { type: "string", minLength: 1 } },
  };
  assert.deepEqual(inlineRefs(schema), {
    type: "object",
    properties: { one: { type: "string", minLength: 1, description: "First" } },
  });
});

Deno.test("inlineRefs() ends where a definition holds itself", () => {
  const schema = {
    $ref: "#/$defs/node",
    $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } },
  };
  const text = JSON.stringify(inlineRefs(schema));
  assert.ok(!text.includes("$ref"));
  assert.ok(text.length < 500);
});

for (const count of [2, 4, 30]) {
  Deno.test(`inlineRefs() stays small where ${count} definitions all hold each other`, () => {
    const names = Array.from({ length: count }, (_, at) => `Node${at}`);
    const anyNode = { anyOf: names.map((name) => ({ $ref: `#/$defs/${name}` })) };
    const node = (name: string) => ({
      type: "object",
      properties: { kind: { const: name }, children: { type: "array", items: anyNode } },
    });
    const schema = {
      type: "object",
      properties: { first: { $ref: "#/$defs/Node0" }, last: { $ref: "#/$defs/Node1" } },
      $defs: Object.fromEntries(names.map((name) => [name, node(name)])),
    };
    const inlined = inlineRefs(schema);
    assert.ok(JSON.stringify(inlined).length < 50_000);
    const { first, last } = inlined["properties"] as Record<string, ReturnType<typeof node>>;
    for (const [top, name] of [[first, "Node0"], [last, "Node1"]] as const) {
      assert.deepEqual(top?.properties.kind, { const: name });
      assert.equal(top?.properties.children.items.anyOf.length, count);
    }
  });
}
