/** Claude Code's own settings may hold an `env` block, and that beats the variables of its process. */
import { join } from "node:path";

export interface Override {
  /** Arguments that give our variables the last word for this run. */
  readonly args: readonly string[];
  remove(): void;
}

/**
 * Where the user's settings would lead the client past us, our variables go into a file of our own, which beats theirs and
 * is removed afterwards: not into the arguments, because those are for everybody to read.
 */
export function overrideSettings(
  environment: Readonly<Record<string, string>>,
  args: readonly string[],
  folder: string,
): Override {
  const conflicts = settingsFiles(folder).filter((path) =>
    Object.keys(readEnv(path)).some((name) => name in environment)
  );
  if (conflicts.length === 0) return { args: [], remove: () => {} };
  if (args.some((arg) => arg.startsWith("--settings"))) {
    console.error(
      `Warning: ${conflicts.join(", ")} sets variables that may lead Claude Code past ccproxy`,
    );
    return { args: [], remove: () => {} };
  }
  const path = Deno.makeTempFileSync({ prefix: "ccproxy-", suffix: ".json" });
  Deno.writeTextFileSync(path, JSON.stringify({ env: environment }), { mode: 0o600 });
  return { args: ["--settings", path], remove: () => Deno.removeSync(path) };
}

function settingsFiles(folder: string): string[] {
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? "";
  const user = Deno.env.get("CLAUDE_CONFIG_DIR") ?? join(home, ".claude");
  return [
    join(user, "settings.json"),
    join(folder, ".claude", "settings.json"),
    join(folder, ".claude", "settings.local.json"),
  ];
}

/** What is not there or not readable sets nothing: the client will say what it thinks of it. */
function readEnv(path: string): object {
  try {
    const { env } = JSON.parse(Deno.readTextFileSync(path));
    return typeof env === "object" && env !== null ? env : {};
  } catch {
    return {};
  }
}
