/** Config and parts, put together into one program. */
import type { Config } from "./config.ts";
import { ConfigError } from "./config.ts";
import { compose } from "./compose.ts";
import type { Facts, Plugin, PluginContext, Providers } from "./contract.ts";
import { createDocumentReader } from "./convert/documents.ts";
import { guard, makeBody, makeCall, type Route } from "./call.ts";
import { isLocal, makeDoor } from "./door.ts";
import type { Link } from "./link.ts";
import { Meter } from "./meter.ts";
import { mapModel } from "./models.ts";
import { makeRedactor } from "./redact.ts";
import { type App, createServer } from "./server.ts";
import { withFacts } from "./facts.ts";
import { Lessons } from "./learn/lessons.ts";
import { upstream } from "./upstream.ts";
import { makePages, withoutSecrets } from "./pages.ts";
import { Traffic } from "./traffic.ts";

export interface Parts {
  readonly providers: Providers;
  /** In the order a request meets them. */
  readonly plugins: readonly Plugin[];
  readonly version: string;
  /** For tests and for a Host header of one's own. */
  readonly fetch?: typeof fetch;
  /** See Link.connects. */
  readonly connects?: Link["connects"];
  /** See PluginContext.share. Absent where there is one thread. */
  readonly share?: PluginContext["share"];
}

export interface Program {
  readonly provider: string;
  readonly baseUrl: string;
  /** What is known of a model. */
  facts(model: string): Facts;
  readonly serve: ReturnType<typeof createServer>;
  /** Begins nothing new, and settles when what is under way has ended: after so many milliseconds by an error. */
  drain(grace: number): Promise<void>;
}

/** Throws ConfigError where the settings name no usable upstream. */
export function assemble(config: Config, parts: Parts): Program {
  const { provider, adapter: bare } = selectAdapter(config, parts.providers);
  const lessons = new Lessons();
  const adapter = withFacts(
    { ...bare, facts: (model) => guard({ provider }, "facts", () => bare.facts?.(model) ?? {}) },
    (model) => lessons.facts(model),
    (model) => config.facts[model],
  );
  const baseUrl = config.baseUrl ?? adapter.baseUrl;
  const apiKey = config.apiKey || (adapter.apiKeyEnv && config.values[adapter.apiKeyEnv]) || "";
  if (apiKey === "" && !isLocal(baseUrl)) {
    throw new ConfigError(
      `OPENAI_API_KEY is not set, and ${new URL(baseUrl).host} wants a key. ` +
        "Put it into the env file; `ccproxy init` writes one",
    );
  }
  const env = Object.fromEntries(
    (adapter.env ?? []).flatMap((name) =>
      name in config.values ? [[name, config.values[name]!]] : []
    ),
  );
  const route: Route = {
    provider,
    adapter,
    baseUrl,
    apiKey,
    env,
    maxTokens: config.maxTokens,
    minTokens: config.minTokens,
    readDocuments: createDocumentReader(),
  };
  const meter = new Meter();
  const ask = parts.fetch ?? fetch;
  const searches = (model: string) =>
    adapter.search !== undefined && adapter.facts?.(model).search !== false;
  const middlewares = parts.plugins.map((plugin) =>
    plugin({ config, provider, searches, fetch: ask, share: parts.share ?? (() => () => {}) })
  );
  const handler = compose(
    middlewares,
    upstream({
      ...route,
      meter,
      lessons,
      limits: inMilliseconds(config.limits),
      connects: parts.connects,
      redact: makeRedactor(config.secrets),
      fetch: ask,
    }),
  );
  const traffic = new Traffic();
  const app: App = {
    provider,
    door: makeDoor(config.clientKeys),
    handler,
    traffic,
    async countTokens(exchange) {
      const model = mapModel(exchange.request.model, { provider, models: config.models });
      const target = { ...exchange.target, model };
      return meter.count(await makeBody(makeCall({ ...exchange, target }, route), route));
    },
    pages: makePages({
      config,
      provider,
      baseUrl,
      keyed: apiKey !== "",
      version: parts.version,
      handler,
      middlewares,
      draining: () => traffic.draining,
      lessons,
    }),
  };
  return {
    provider,
    baseUrl: withoutSecrets(baseUrl),
    facts: (model) => adapter.facts?.(model) ?? {},
    serve: createServer(app),
    drain: (grace) => traffic.drain(grace),
  };
}

function inMilliseconds({ connect, firstByte, idle, total }: Config["limits"]) {
  return {
    connect: connect * 1000,
    firstByte: firstByte * 1000,
    idle: idle * 1000,
    total: total * 1000,
  };
}

/** By name, else by the host of the base URL, else the one for the unknown; where nothing is said, the first. */
function selectAdapter(config: Config, providers: Providers) {
  const named = config.provider ?? nameByHost(config.baseUrl, providers);
  const adapter = providers[named];
  if (adapter === undefined) {
    throw new ConfigError(
      `PROVIDER must be one of ${Object.keys(providers).join(", ")}, but is "${named}"`,
    );
  }
  return { provider: named, adapter };
}

function nameByHost(baseUrl: string | undefined, providers: Providers): string {
  const [first = "generic"] = Object.keys(providers);
  if (baseUrl === undefined) return first;
  const { hostname, port, protocol } = new URL(baseUrl);
  const local = protocol === "http:" ? `:${port}` : undefined;
  const fits = (host: string) =>
    host.startsWith(":")
      ? host === local
      : host.startsWith(".")
      ? hostname.endsWith(host)
      : hostname === host;
  const found = Object.entries(providers).find(([, { hosts = [] }]) => hosts.some(fits));
  return found?.[0] ?? "generic";
}
