/** ccproxy as a process of its own, with the flags of `deno task start`: what it costs and leaves can be measured. */
import { join } from "node:path";
import denoJson from "../../deno.json" with { type: "json" };

const ROOT = join(import.meta.dirname!, "..", "..");
const READY = /^ccproxy listens on http:\/\/\S*:(\d+)/m;

export interface ProxyProcess extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly status: Promise<Deno.CommandStatus>;
  kill(signal: Deno.Signal): void;
  /** What it printed so far, stdout and stderr. */
  output(): string;
  /** Bytes of memory it holds now, and the most it ever held. Linux. */
  memory(): Promise<{ readonly now: number; readonly peak: number }>;
  /** Sockets it has open, the listening one included. Linux. */
  sockets(): Promise<number>;
}

export interface ProxyStart {
  readonly settings: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Where it runs: log files come to lie here. By default where nobody has an env file. */
  readonly folder?: string;
  /** By default a free one. */
  readonly port?: number;
}

/** Starts it on a free loopback port. Throws with its output where it does not start. */
export async function startProxyProcess(
  { settings, args = [], folder = import.meta.dirname!, port: wanted = 0 }: ProxyStart,
): Promise<ProxyProcess> {
  const [, run = "run", ...flags] = denoJson.tasks.start.split(" ");
  const script = flags.indexOf("main.ts");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      run,
      `--config=${join(ROOT, "deno.json")}`,
      ...flags.slice(0, script),
      join(ROOT, "main.ts"),
      "start",
      ...args,
      "--host",
      "127.0.0.1",
      "--port",
      String(wanted),
    ],
    cwd: folder,
    clearEnv: true,
    env: { ...inherited("PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME"), ...settings },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const ready = Promise.withResolvers<string | undefined>();
  const reading = Promise.all([child.stdout, child.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      const port = READY.exec(output)?.[1];
      if (port !== undefined) ready.resolve(port);
    }
  })).then(() => ready.resolve(undefined));
  const port = Number(await ready.promise);
  const status = child.status.then(async (status) => {
    await reading;
    return status;
  });
  if (Number.isNaN(port)) {
    await status;
    throw new Error(`ccproxy did not start:\n${output}`);
  }
  const proc = `/proc/${child.pid}`;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    status,
    kill: (signal) => child.kill(signal),
    output: () => output,
    async memory() {
      const text = await outputOf("cat", `${proc}/status`);
      const field = (name: string) =>
        Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1]) * 1024;
      return { now: field("VmRSS"), peak: field("VmHWM") };
    },
    async sockets() {
      return (await outputOf("ls", "-l", `${proc}/fd`)).split("socket:").length - 1;
    },
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await status;
    },
  };
}

/** Deno lets a program with less than all permissions not read /proc itself. */
async function outputOf(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout);
}

function inherited(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}
