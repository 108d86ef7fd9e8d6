/** The processes that are measured: starting them, and what Linux says they use. */
import { dirname, join } from "node:path";
import denoJson from "../deno.json" with { type: "json" };

const ROOT = dirname(import.meta.dirname ?? ".");

/** Clock ticks of /proc are 10 ms on every Linux that Deno runs on. */
const MICROSECONDS_PER_TICK = 10_000;

export interface Subject extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  /** Where messages are posted. */
  readonly path: string;
  readonly prefix?: string;
  /** Microseconds of CPU that the process has used so far; undefined where it is not ours or not on Linux. */
  cpu(): number | undefined;
  /** MiB of memory in use. */
  rss(): number | undefined;
}

const CHAT = "/v1/chat/completions";

/** `port` 0: a free one. */
export async function startUpstream(port = "0"): Promise<Subject> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(ROOT, "bench/upstream.ts"), port],
    stdout: "piped",
    stdin: "null",
  }).spawn();
  const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
  return subject("direct", Number(value), CHAT, child);
}

/** One of the two proxies that show what the runtime can do. */
export async function startLimit(
  name: string,
  script: string,
  upstream: Subject,
): Promise<Subject> {
  const port = freePort();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(ROOT, "bench", script), urlOf(upstream), String(port)],
    stdin: "null",
  }).spawn();
  await untilListening(port);
  return subject(name, port, CHAT, child);
}

/** As users start it: the task's own flags, the default plugins, its log going somewhere. */
export async function startCcproxy(
  upstream: Subject,
  options: readonly string[] = [],
): Promise<Subject> {
  const port = freePort();
  const [, run = "run", ...flags] = denoJson.tasks.start.split(" ");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      run,
      ...flags,
      ...options,
      ...["--env", "/dev/null", "--host", "127.0.0.1", "--port", `${port}`],
    ],
    env: { OPENAI_BASE_URL: `${urlOf(upstream)}/v1`, OPENAI_API_KEY: "bench" },
    cwd: ROOT,
    stdin: "null",
    stdout: "null",
  }).spawn();
  await untilListening(port);
  return subject(["ccproxy", ...options].join(" "), port, "/v1/messages", child);
}

/** Another proxy, that was started beforehand on the upstream whose address we print. */
export function peerAt(address: string, prefix: string): Subject {
  const { port, pathname } = new URL(address);
  return {
    name: `peer :${port}`,
    prefix,
    port: Number(port),
    path: pathname === "/" ? "/v1/messages" : pathname,
    cpu: () => undefined,
    rss: () => undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

export function urlOf({ port }: Subject): string {
  return `http://127.0.0.1:${port}`;
}

function subject(name: string, port: number, path: string, child: Deno.ChildProcess): Subject {
  return {
    name,
    port,
    path,
    cpu() {
      const line = readProc(child.pid, "stat");
      const fields = line?.slice(line.lastIndexOf(")") + 2).split(" ");
      if (fields === undefined) return undefined;
      return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
    },
    rss() {
      const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readProc(child.pid, "status") ?? "")?.[1];
      return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch {
    return undefined;
  }
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`Nothing listens on port ${port} after 10 s`);
}
