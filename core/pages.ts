/** The pages beside messages: what is served, how it is, which models there are, and whether the upstream answers. */
import type { Config } from "./config.ts";
import type { Anthropic, Handler, Middleware, Page } from "./contract.ts";
import { asApiError } from "./errors.ts";
import type { Lessons } from "./learn/lessons.ts";
import { publicId } from "./models.ts";

export interface PagesContext {
  readonly config: Config;
  readonly provider: string;
  readonly baseUrl: string;
  /** Whether there is a key for the upstream. */
  readonly keyed: boolean;
  readonly version: string;
  readonly handler: Handler;
  /** The program is about to stop. */
  draining(): boolean;
  /** Their pages and vitals are shown too. */
  readonly middlewares: readonly Middleware[];
  readonly lessons: Lessons;
}

/** By method and path; a plugin's page replaces ours. */
export function makePages(context: PagesContext): Readonly<Record<string, Page>> {
  const startedAt = Date.now();
  return {
    "GET /": () => root(context),
    "GET /health": () =>
      context.draining()
        ? Response.json({ ...health(context, startedAt), status: "draining" }, { status: 503 })
        : health(context, startedAt),
    "GET /v1/models": () => models(context),
    "GET /test-connection": (exchange) => testConnection(context, exchange),
    ...Object.assign({}, ...context.middlewares.map(({ pages }) => pages)),
  };
}

function root({ version, provider }: PagesContext) {
  return {
    name: "ccproxy",
    version,
    status: "running",
    provider,
    endpoints: {
      messages: "/v1/messages",
      count_tokens: "/v1/messages/count_tokens",
      chat_completions: "/v1/chat/completions",
      models: "/v1/models",
      health: "/health",
      test_connection: "/test-connection",
    },
  };
}

function health(
  { config, provider, baseUrl, keyed, version, middlewares, lessons }: PagesContext,
  startedAt: number,
) {
  return {
    status: "healthy",
    timestamp: new Date().toISOString(),
    version,
    uptime: Math.floor((Date.now() - startedAt) / 1000),
    server: { host: config.host, port: config.port },
    models: {
      big_model: config.models.big,
      middle_model: config.models.middle,
      small_model: config.models.small,
    },
    api_status: {
      provider,
      openai_api_configured: keyed,
      api_key_valid: keyed,
      client_api_key_validation: config.clientKeys.length > 0,
      openai_base_url: withoutSecrets(baseUrl),
    },
    learned: lessons.list(),
    ...Object.assign({}, ...middlewares.map((middleware) => middleware.vitals?.())),
  };
}

/** As the client's model picker reads it (section 1.3). */
function models({ config, provider }: PagesContext) {
  const { big, middle, small } = config.models;
  const data = [...new Set([big, middle, small])].map((model) => ({
    type: "model",
    id: publicId(provider, model),
    display_name: model,
    description: `${model} on ${provider}`,
    created_at: "1970-01-01T00:00:00Z",
  }));
  return { data, has_more: false, first_id: data[0]?.id, last_id: data.at(-1)?.id };
}

const HELLO: Anthropic.Request = {
  model: "claude-haiku",
  max_tokens: 5,
  messages: [{ role: "user", content: "Hello" }],
};

async function testConnection(
  { config, handler, provider }: PagesContext,
  exchange: Parameters<Page>[0],
) {
  const timestamp = new Date().toISOString();
  try {
    const reply = await handler({ ...exchange, request: HELLO });
    return {
      status: "success",
      message: `${provider} answers`,
      model_used: config.models.small,
      timestamp,
      response_id: reply.kind === "message" ? reply.message.id : null,
    };
  } catch (thrown) {
    const error = asApiError(thrown);
    return Response.json({
      status: "failed",
      error_type: error.type,
      message: error.message,
      timestamp,
      suggestions: [
        "Check that OPENAI_API_KEY is the key of this provider, and may use this model",
        "Check OPENAI_BASE_URL: it ends where /chat/completions begins",
        "Check that SMALL_MODEL is a model the provider knows",
      ],
    }, { status: 503 });
  }
}

/** A base URL may hold a key in its user part or query. */
export function withoutSecrets(baseUrl: string): string {
  const url = new URL(baseUrl);
  url.username = "";
  url.password = "";
  url.search = "";
  return url.href.replace(/\/$/, "");
}
