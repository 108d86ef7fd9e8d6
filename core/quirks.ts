/** What providers do differently, as words an adapter is made of. All are pure: values in, values out. */
export * from "./quirks/calls.ts";
export * from "./quirks/choices.ts";
export * from "./quirks/each.ts";
export * from "./quirks/effort.ts";
export * from "./quirks/families.ts";
export * from "./quirks/fields.ts";
export * from "./quirks/images.ts";
export * from "./quirks/increments.ts";
export * from "./quirks/replay.ts";
export * from "./quirks/rescue.ts";
export { readJsonCalls } from "./quirks/rescue_formats.ts";
export * from "./quirks/schema_subset.ts";
export * from "./quirks/schemas.ts";
export * from "./quirks/turns.ts";
export { thinkTags } from "./convert/think.ts";
