/** Runs the program as users do, in a process of its own. */
import { join } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };

const ROOT = join(import.meta.dirname!, "..", "..");

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `ccproxy ...args` in a folder, with the permissions of its task and nothing of our environment but PATH and HOME. */
export function command(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Deno.Command {
  const [, run = "run", ...flags] = denoJson.tasks.ccproxy.split(" ").slice(0, -1);
  const config = `--config=${join(ROOT, "deno.json")}`;
  return new Deno.Command(Deno.execPath(), {
    // Quiet, because with an empty cache each process may say what it downloads.
    args: [run, config, "--quiet", ...flags, join(ROOT, "main.ts"), ...args],
    cwd,
    clearEnv: true,
    env: { ...kept("PATH", "HOME", "DENO_DIR", "TMPDIR"), NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

export async function ccproxy(...call: Parameters<typeof command>): Promise<Outcome> {
  const { code, stdout, stderr } = await command(...call).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Ports that nobody had a moment ago. */
export function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  return listeners.map((listener) => {
    listener.close();
    return listener.addr.port;
  });
}

function kept(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
