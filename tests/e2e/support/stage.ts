/** A folder, a scripted upstream, a ccproxy in front of it, and the client that talks to it. */
import { join } from "node:path";
import {
  type Script,
  type ScriptedUpstream,
  startUpstream,
} from "../../support/scripted_upstream.ts";
import type { Wire } from "../../support/dialect.ts";
import { checkStrict } from "../../support/strict_openai.ts";
import { client } from "./client.ts";
import { type ProxyProcess, startProxyProcess } from "../../support/proxy_process.ts";

const RUN_LIMIT_MS = 90_000;

export interface StageOptions {
  readonly script: Script;
  /** Settings of ccproxy beside the upstream's address. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Another wire that the upstream speaks beside chat completions. */
  readonly wire?: Wire;
  /** A search engine that speaks as SearXNG does: what it finds for a query. None: ccproxy has no engine. */
  readonly engine?: (query: string) => readonly unknown[];
  /** Files of the client's working folder, by name. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** What `claude -p --output-format json` prints, as far as it is read here. */
export interface Outcome {
  readonly is_error: boolean;
  readonly result: string;
  readonly num_turns: number;
  readonly usage: {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly cache_read_input_tokens: number;
    readonly server_tool_use: { readonly web_search_requests: number };
  };
}

export interface AskOptions {
  /** The client's permission mode; by default it may do anything. */
  readonly mode?: "auto" | "plan";
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Stage {
  readonly upstream: ScriptedUpstream;
  readonly proxy: ProxyProcess;
  /** The client's working folder, and its home above it. */
  readonly folder: string;
  readonly home: string;
  /** Runs the client headless. */
  ask(prompt: string, options?: AskOptions): Promise<Outcome>;
}

/**
 * A test with the real client; ignored where this machine cannot have it. Whatever it is about, all that was sent to a
 * provider of no name must be what a strict one takes. A failure shows what everybody printed.
 */
export function clientTest(
  name: string,
  options: StageOptions,
  act: (stage: Stage) => Promise<void>,
): void {
  Deno.test({ name, ignore: client === undefined, fn: () => play(options, act) });
}

async function play(options: StageOptions, act: (stage: Stage) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "ccproxy-e2e-" });
  const folder = join(home, "project");
  await Deno.mkdir(folder);
  for (const [name, content] of Object.entries(options.files ?? {})) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(join(folder, name), bytes);
  }
  await using upstream = startUpstream(options.script, options.wire);
  await using engine = options.engine && startEngine(options.engine);
  await using proxy = await startProxyProcess({
    settings: {
      ...(engine ? { SEARCH_URL: engine.url } : {}),
      OPENAI_BASE_URL: upstream.baseUrl,
      OPENAI_API_KEY: "sk-e2e",
      BIG_MODEL: "e2e-big",
      SMALL_MODEL: "e2e-small",
      ...options.settings,
    },
    folder: home,
  });
  const printed: string[] = [];
  try {
    await act({
      upstream,
      proxy,
      folder,
      home,
      async ask(prompt, { mode, args = [], environment = {} } = {}) {
        const headless = ["-p", prompt, "--output-format", "json"];
        const permitted = mode ? ["--permission-mode", mode] : ["--dangerously-skip-permissions"];
        const ran = await run({
          args: [...headless, ...permitted, ...args],
          folder,
          environment: { ...clientEnvironment(home, proxy), ...environment },
        });
        printed.push(...ran);
        return JSON.parse(ran[0]);
      },
    });
    if (!options.settings?.["PROVIDER"]) {
      for (const { body } of upstream.received) checkStrict(body, { system: "first" });
    }
  } catch (thrown) {
    console.error(`The client printed:\n${printed.join("\n")}`);
    console.error(`ccproxy printed:\n${proxy.output()}`);
    for (const [index, { body }] of upstream.received.entries()) {
      const last = JSON.stringify(body.messages.at(-1)).slice(0, 300);
      console.error(`Request ${index + 1} ended with ${last}`);
    }
    throw thrown;
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

function startEngine(
  find: (query: string) => readonly unknown[],
): AsyncDisposable & { url: string } {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/search") return new Response(null, { status: 404 });
    return Response.json({ results: find(searchParams.get("q") ?? "") });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** All that the client sees of the environment. */
export function clientEnvironment(home: string, proxy: ProxyProcess): Record<string, string> {
  return {
    PATH: Deno.env.get("PATH") ?? "",
    HOME: home,
    ANTHROPIC_BASE_URL: proxy.url,
    ANTHROPIC_AUTH_TOKEN: "any",
    IS_SANDBOX: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
}

interface Run {
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Standard output and standard error. Throws with both where the client does not end in time or prints no JSON. */
async function run({ args, folder, environment }: Run): Promise<[string, string]> {
  if (client === undefined) throw new Error("There is no client to run");
  const child = new Deno.Command(client, {
    args: [...args],
    cwd: folder,
    clearEnv: true,
    env: { ...environment },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let trouble = "";
  const timer = setTimeout(() => {
    trouble = `The client was not done after ${RUN_LIMIT_MS} ms`;
    child.kill("SIGKILL");
  }, RUN_LIMIT_MS);
  const output = await child.output();
  clearTimeout(timer);
  const decoder = new TextDecoder();
  const [stdout, stderr] = [decoder.decode(output.stdout), decoder.decode(output.stderr)];
  if (trouble === "" && !stdout.startsWith("{")) trouble = "The client printed no JSON";
  if (trouble !== "") throw new Error(`${trouble}:\n${stdout}\n${stderr}`);
  return [stdout, stderr];
}
