/** ccproxy as its users start it: a process of its own, with the flags of `deno task start`. */
import { join } from "node:path";
import denoJson from "../../../deno.json" with { type: "json" };

const ROOT = join(import.meta.dirname ?? ".", "..", "..", "..");
const READY = /^ccproxy listens on http:\/\/\S*:(\d+)/m;

export interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** What it printed so far. */
  output(): string;
}

/** Starts it on a free port with an env file of these settings. Throws with its output where it does not start. */
export async function startProxy(
  settings: Readonly<Record<string, string>>,
  folder: string,
): Promise<Proxy> {
  const file = join(folder, ".env-e2e");
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  await Deno.writeTextFile(file, lines.join("\n"));
  const [, ...flags] = denoJson.tasks.start.split(" ");
  const child = new Deno.Command(Deno.execPath(), {
    args: [...flags, "--env", file, "--host", "127.0.0.1", "--port", "0"],
    cwd: ROOT,
    clearEnv: true,
    env: inherited("PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "NO_PROXY"),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const { promise: ready, resolve } = Promise.withResolvers<string | undefined>();
  const reading = Promise.all([child.stdout, child.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      const port = READY.exec(output)?.[1];
      if (port !== undefined) resolve(port);
    }
  })).then(() => resolve(undefined));
  const port = await ready;
  if (port === undefined) {
    await child.status;
    throw new Error(`ccproxy did not start:\n${output}`);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await reading;
      await child.status;
    },
  };
}

function inherited(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}
