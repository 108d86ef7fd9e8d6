/** Tools whose schemas hold what some provider refuses (Q42, Q54, Q61, Q91); each is legal to Anthropic. */
import type { Anthropic } from "../../core/mod.ts";

const SCHEMA = "https://json-schema.org/draft/2020-12/schema";

export const LONG_NAME = `mcp__claude_ai_Atlassian_Rovo__${"search_confluence_".repeat(4)}now`;

export const HARD_TOOLS: readonly Anthropic.Tool[] = [
  {
    name: "Bash",
    description: "Runs a command",
    input_schema: {
      $schema: SCHEMA,
      type: "object",
      properties: {
        command: { type: "string", minLength: 1 },
        timeout: { type: "number", exclusiveMinimum: 0, maximum: 600000 },
      },
      required: ["command"],
      additionalProperties: false,
    },
  },
  {
    name: "Read",
    description: "Reads a file",
    input_schema: {
      type: "object",
      properties: {
        file_path: { type: ["string", "null"], format: "uri" },
        limit: { enum: [10, 20] },
        mode: { const: "text" },
        tags: { type: "object", propertyNames: { pattern: "^a" }, additionalProperties: {} },
        range: { type: "array", items: [{ type: "number" }, { type: "number" }] },
        any: {},
      },
      required: ["file_path", "gone"],
    },
  },
  {
    name: "Plan",
    input_schema: {
      type: "object",
      $defs: {
        step: {
          type: "object",
          properties: { title: { type: "string" }, children: { $ref: "#/$defs/steps" } },
        },
        steps: { type: "array", items: { $ref: "#/$defs/step" } },
      },
      properties: {
        steps: { $ref: "#/$defs/steps" },
        choice: { oneOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
        both: { allOf: [{ type: "object", properties: { a: { type: "string" } } }] },
        typed: { type: "string", anyOf: [{ minLength: 2 }, { enum: ["", true] }] },
        list: { type: "array" },
      },
    },
  },
  { name: "NoInput", input_schema: { type: "object" } },
  {
    name: "Either",
    input_schema: {
      anyOf: [
        { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
        { type: "object", properties: { b: { type: "string" } }, required: ["b"] },
      ],
    },
  },
  {
    name: LONG_NAME,
    input_schema: { type: "object", properties: { query: { type: "string" } } },
  },
];
