/** Keys by reference: from a file that something else keeps, or from a program that knows them. */
import { ConfigError } from "../core/config.ts";

/** Each may also be given as NAME_FILE or as NAME_COMMAND. */
const NAMES = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"];

/** The settings that say where a key is kept. */
export const REFERENCES: readonly string[] = NAMES.flatMap((name) => formsOf(name).slice(1));

type Values = Readonly<Record<string, string>>;

/** The lower source without what the higher one says in any form: a key of the shell must not stand beside the file's. */
export function withoutShadowed(lower: Values, higher: Values): Values {
  const shadowed = NAMES.map(formsOf).filter((forms) => forms.some((form) => form in higher));
  return without(lower, shadowed.flat());
}

/** The values with the keys that they refer to. Throws ConfigError where a reference leads to nothing. */
export function resolveSecrets(values: Values): Values {
  const found = NAMES.flatMap((name) => {
    const key = resolve(name, values);
    return key === undefined ? [] : [[name, key]];
  });
  return { ...without(values, NAMES.flatMap(formsOf)), ...Object.fromEntries(found) };
}

function resolve(name: string, values: Values): string | undefined {
  const given = formsOf(name).filter((form) => values[form]?.trim());
  if (given.length > 1) throw new ConfigError(`${given.join(" and ")} are set: keep one of them`);
  const form = given[0];
  const value = form && values[form];
  if (form === undefined || value === undefined || form === name) return value;
  const lines = (form.endsWith("_FILE") ? read(form, value) : run(form, value)).split(/\r?\n/)
    .map((line) => line.trim()).filter((line) => line !== "");
  if (lines.length === 0) throw new ConfigError(`${form} (${value}) gives no key, but nothing`);
  // Only clients may have several keys, a line each.
  if (lines.length > 1 && name !== "ANTHROPIC_API_KEY") {
    throw new ConfigError(`${form} (${value}) gives ${lines.length} lines, but a key is one line`);
  }
  return lines.join(",");
}

function read(form: string, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (thrown) {
    const reason = thrown instanceof Deno.errors.NotFound
      ? "there is no such file"
      : (thrown as Error).message;
    throw new ConfigError(`Cannot read ${path}, which ${form} names: ${reason}`);
  }
}

function run(form: string, command: string): string {
  const [shell, flag] = Deno.build.os === "windows" ? ["cmd", "/c"] : ["sh", "-c"];
  if (Deno.permissions.querySync({ name: "run", command: shell }).state !== "granted") {
    throw new ConfigError(
      `${form} runs a program, and this start may run none. Start with: deno task ccproxy start; ` +
        "in a fleet keep the key in a file instead",
    );
  }
  const { code, stdout } = new Deno.Command(shell, {
    args: [flag, command],
    stdin: "inherit",
    stderr: "inherit",
  }).outputSync();
  if (code !== 0) throw new ConfigError(`${form} failed with exit code ${code}: ${command}`);
  return new TextDecoder().decode(stdout);
}

function formsOf(name: string): string[] {
  return [name, `${name}_FILE`, `${name}_COMMAND`];
}

function without(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}
