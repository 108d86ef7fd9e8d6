/** What the user knows better of a model than its adapter does: the `models` of `ccproxy.json`. */
import { z } from "zod";
import { ConfigError } from "./config.ts";
import type { Facts, ProviderAdapter } from "./contract.ts";

const tokens = z.number().int("must be a whole number").positive("must be above 0");

const SCHEMA = z.strictObject({
  models: z.record(
    z.string(),
    z.strictObject({
      context: tokens.optional(),
      output: tokens.optional(),
      vision: z.boolean().optional(),
      files: z.boolean().optional(),
      reasoning: z.literal("always").optional(),
    }),
  ).default({}),
});

export type FactsByModel = Readonly<Record<string, Facts>>;

/** The value of the file. Throws ConfigError that names the first field that is wrong. */
export function parseFacts(value: unknown, file: string): FactsByModel {
  const parsed = SCHEMA.safeParse(value);
  if (parsed.success) return parsed.data.models as FactsByModel;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join(".");
  throw new ConfigError(`${file}: ${path ? `${path}: ` : ""}${issue?.message}`);
}

/** The adapter with more facts over its own, the last over the first. */
export function withFacts(
  adapter: ProviderAdapter,
  ...sources: readonly ((model: string) => Facts | undefined)[]
): ProviderAdapter {
  return {
    ...adapter,
    facts: (model) =>
      Object.assign({}, adapter.facts?.(model), ...sources.map((source) => source(model))),
  };
}
