/** How this program is run once more, in a process of its own. */
import { fileURLToPath } from "node:url";
import denoJson from "../deno.json" with { type: "json" };

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** `ccproxy start ...args`: the binary itself, or Deno with just the permissions that the start task has. */
export function startCommand(args: readonly string[]): Command {
  const program = Deno.execPath();
  if (Deno.build.standalone) return { program, args: ["start", ...args] };
  return { program, args: [...startTask(denoJson.tasks.start), ...args] };
}

/** The words of the task after `deno`, with main.ts and deno.json found from any folder. */
function startTask(task: string): string[] {
  const main = fileURLToPath(import.meta.resolve("../main.ts"));
  const config = fileURLToPath(import.meta.resolve("../deno.json"));
  const [, run = "run", ...rest] = task.split(" ");
  return [run, "--config", config, ...rest.map((word) => word === "main.ts" ? main : word)];
}
