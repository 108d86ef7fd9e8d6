/** Loads adapters and plugins from files of the user's own. Their code runs with the permissions of this process. */
import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Parts } from "../core/assemble.ts";
import { ConfigError } from "../core/config.ts";
import {
  ApiError,
  type Handler,
  type Middleware,
  type Plugin,
  type ProviderAdapter,
} from "../core/mod.ts";

/** From here on a compiled program can load TypeScript. */
const TYPESCRIPT_SINCE = [2, 8, 2];

/** Less than a fleet waits for an instance. */
const LOAD_SECONDS = 10;

const EXPECTED =
  "it must export `adapter` (a ProviderAdapter) or `plugin` (a Plugin), or both; see docs/adapters.md";

/**
 * The parts with what the files export. An adapter stands before ours, under its `name` or the file's; a plugin comes
 * after ours, right in front of the provider. Throws ConfigError for a file that does not load or has another shape.
 */
export async function withExtensions(parts: Parts, files: readonly string[]): Promise<Parts> {
  const loaded = [];
  for (const file of files) loaded.push(await load(file));
  const adapters = loaded.flatMap(({ name, adapter }) => adapter ? [[name, adapter]] : []);
  return {
    ...parts,
    providers: { ...Object.fromEntries(adapters), ...withoutNames(parts.providers, adapters) },
    plugins: [...parts.plugins, ...loaded.flatMap(({ plugin }) => plugin ?? [])],
  };
}

interface Extension {
  readonly name: string;
  readonly adapter?: ProviderAdapter | undefined;
  readonly plugin?: Plugin | undefined;
}

async function load(file: string): Promise<Extension> {
  const extension = extname(file).toLowerCase();
  if (![".ts", ".mts", ".js", ".mjs"].includes(extension)) {
    throw fault(file, "it must be a .ts or .js file");
  }
  const { deno } = Deno.version;
  if (extension.endsWith("ts") && Deno.build.standalone && !loadsTypeScript(deno)) {
    throw fault(
      file,
      `a program compiled with Deno ${deno} loads no TypeScript. ` +
        `Compile it with ${TYPESCRIPT_SINCE.join(".")} or later, or give a .js file`,
    );
  }
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await inTime(import(pathToFileURL(resolve(file)).href));
  } catch (thrown) {
    throw fault(file, reasonOf(thrown, file));
  }
  return read(file, exported);
}

/** A top-level `await` that does not end would keep the start waiting without a word. */
async function inTime<Value>(loading: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const where = "an `await` at its top level, or in a file that it imports, does not end";
    late.reject(new Error(`it is still waited for after ${LOAD_SECONDS} s: ${where}`));
  }, LOAD_SECONDS * 1000);
  try {
    return await Promise.race([loading, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function read(file: string, exported: Readonly<Record<string, unknown>>): Extension {
  const { adapter, plugin, name = basename(file, extname(file)) } = exported;
  if (adapter === undefined && plugin === undefined) {
    const names = Object.keys(exported).join(", ") || "nothing";
    throw fault(file, `${EXPECTED}. It exports ${names}`);
  }
  const wrong = typeof name !== "string" || name === ""
    ? "`name` must be a text: what PROVIDER calls the adapter"
    : adapter !== undefined
    ? faultOfAdapter(adapter)
    : undefined;
  if (wrong !== undefined) throw fault(file, wrong);
  if (plugin !== undefined && typeof plugin !== "function") {
    throw fault(file, "`plugin` must be a function that makes a middleware");
  }
  return {
    name: String(name).toLowerCase(),
    adapter: adapter as ProviderAdapter | undefined,
    plugin: plugin && guarded(file, plugin as Plugin),
  };
}

const HOOKS = ["facts", "url", "headers", "request", "search", "wire", "stream", "error"];
const FIELDS: readonly string[] = ["baseUrl", "hosts", "apiKeyEnv", "env", ...HOOKS];

/** What is wrong with it, or undefined. An unknown field is surely a misspelt hook. */
function faultOfAdapter(adapter: unknown): string | undefined {
  if (typeof adapter !== "object" || adapter === null) return "`adapter` must be an object";
  const fields = adapter as Readonly<Record<string, unknown>>;
  const { baseUrl, hosts = [], env = [], apiKeyEnv = "" } = fields;
  if (typeof baseUrl !== "string" || !/^https?:\/\//.test(baseUrl) || !URL.canParse(baseUrl)) {
    return "`adapter.baseUrl` must be a URL, the part before /chat/completions";
  }
  if (!isTexts(hosts)) return "`adapter.hosts` must be a list of texts";
  if (!isTexts(env)) return "`adapter.env` must be a list of texts";
  if (typeof apiKeyEnv !== "string") return "`adapter.apiKeyEnv` must be a text";
  const noHook = HOOKS.find((hook) =>
    fields[hook] !== undefined && typeof fields[hook] !== "function"
  );
  if (noHook !== undefined) return `\`adapter.${noHook}\` must be a function`;
  const unknown = Object.keys(fields).find((field) => !FIELDS.includes(field));
  if (unknown === undefined) return undefined;
  return `\`adapter.${unknown}\` is not known: an adapter has ${FIELDS.join(", ")}`;
}

/** A plugin is made when the program is put together, which is too late to say which file it is from. */
function guarded(file: string, plugin: Plugin): Plugin {
  return (context) => {
    let middleware: ReturnType<Plugin>;
    try {
      middleware = plugin(context);
    } catch (thrown) {
      throw fault(file, `its plugin failed to start: ${reasonOf(thrown)}`);
    }
    if (typeof middleware !== "function") {
      throw fault(file, "its plugin must return a middleware: (exchange, next) => Promise<Reply>");
    }
    return Object.assign(named(file, middleware), middleware);
  };
}

/** What the plugin throws itself names its file; what stands behind it speaks for itself. */
function named(file: string, middleware: Middleware): Middleware {
  return async (exchange, next) => {
    let passed: unknown;
    const handOn: Handler = async (given) => {
      try {
        return await next(given);
      } catch (thrown) {
        passed = thrown;
        throw thrown;
      }
    };
    try {
      const reply = await middleware(exchange, handOn);
      if (reply?.kind === undefined) throw new Error("it returned no reply");
      return reply;
    } catch (thrown) {
      if (thrown instanceof ApiError || thrown === passed) throw thrown;
      throw new ApiError(500, `The plugin ${basename(file)} failed: ${reasonOf(thrown)}`, {
        cause: thrown,
      });
    }
  };
}

function fault(file: string, reason: string): ConfigError {
  return new ConfigError(`Cannot load the plugin file ${file}: ${reason}`);
}

/** In one line, with the place in the file where it is known. */
export function reasonOf(thrown: unknown, file?: string): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (message.includes("lockfile is out of date")) {
    return "it imports a package that ccproxy does not use. Bundle it into one .js file";
  }
  const missing = /^Module not found "([^"]+)"/.exec(message)?.[1];
  if (missing === undefined) {
    const [first = message, ...rest] = message.split("\n");
    const [where = ""] = / at file:\S+:\d+:\d+$/.exec(rest.join("\n")) ?? [];
    return first + where;
  }
  const itself = file !== undefined && missing === pathToFileURL(resolve(file)).href;
  return itself ? "there is no such file" : `it imports ${missing}, which is not there`;
}

/** Whether a program compiled with this version of Deno can. */
export function loadsTypeScript(deno: string): boolean {
  const version = deno.split(".").map(Number);
  const differs = TYPESCRIPT_SINCE.findIndex((part, position) => part !== version[position]);
  return differs < 0 || version[differs]! > TYPESCRIPT_SINCE[differs]!;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** The others: what is loaded under a name of ours takes its place, and comes first. */
function withoutNames(providers: Parts["providers"], adapters: readonly (readonly unknown[])[]) {
  const taken = new Set(adapters.map(([name]) => name));
  return Object.fromEntries(Object.entries(providers).filter(([name]) => !taken.has(name)));
}
