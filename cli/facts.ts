import { ConfigError } from "../core/config.ts";
import { type FactsByModel, parseFacts } from "../core/facts.ts";

const FILE = "ccproxy.json";

/** Reads `ccproxy.json` in the current folder, where there is one. Throws ConfigError for one that is wrong. */
export function readFacts(): FactsByModel {
  let text: string;
  try {
    text = Deno.readTextFileSync(FILE);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return {};
    throw new ConfigError(`Cannot read ${FILE}: ${(thrown as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw new ConfigError(`${FILE} is not JSON: ${(thrown as Error).message}`);
  }
  return parseFacts(value, FILE);
}
