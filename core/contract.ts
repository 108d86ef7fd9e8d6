/** Every promise between the parts. Types only. */
import type { Config } from "./config.ts";
import type { Journal } from "./journal.ts";
import type * as Anthropic from "./protocol/anthropic.ts";
import type * as OpenAI from "./protocol/openai.ts";
import type { EventFlow } from "./stream/flow.ts";

export type { Anthropic, Config, EventFlow, Journal, OpenAI };

/** Where a request goes: the adapter's name, the model as that provider names it, extra outbound headers. */
export interface Target {
  readonly provider: string;
  readonly model: string;
  /** Sent upstream last, so they replace ours, Authorization and Host included. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What the client sent, less its credentials. */
export interface ClientHeaders extends Iterable<[name: string, value: string]> {
  get(name: string): string | null;
  has(name: string): boolean;
}

/** One request on its way through. Never mutated: to change it, hand `next` a copy. */
export interface Exchange {
  /** `req_...`, also sent as the `request-id` header. */
  readonly id: string;
  readonly request: Anthropic.Request;
  readonly headers: ClientHeaders;
  readonly target: Target;
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal;
  /**
   * A body already in the provider's dialect (POST /v1/chat/completions): sent as it is but for the model. `request`
   * then holds only the model and `stream`, and the reply is `raw`.
   */
  readonly raw?: OpenAI.Request;
  /** The name of the key that the client presented, where keys have names. */
  readonly client?: string;
  /** What happens to it is noted here. */
  readonly journal?: Journal;
}

export type Reply =
  | { readonly kind: "message"; readonly message: Anthropic.Message }
  | {
    readonly kind: "stream";
    readonly events: EventFlow;
    /** The answer ended well and has no block at all (Q112). */
    readonly empty?: boolean;
  }
  | {
    readonly kind: "raw";
    readonly response: Response;
    /** Settles when its body has come to an end or nobody reads on; absent where it is whole already. */
    readonly ended?: Promise<void>;
  };

/** Answers an exchange, or throws an ApiError. */
export type Handler = (exchange: Exchange) => Promise<Reply>;

/** May call `next` once, never (to answer itself), or again (to retry or fall back). */
export interface Middleware {
  (exchange: Exchange, next: Handler): Promise<Reply>;
  /** Pages of its own, by method and path (`GET /metrics`): what they return is sent as JSON, or as it is if a Response. */
  readonly pages?: Readonly<Record<string, Page>>;
  /** Added to GET /health. */
  vitals?(): Readonly<Record<string, unknown>>;
}

export type Page = (exchange: Exchange) => unknown;

/** What a plugin factory is given: the settings, and which provider they lead to. */
export interface PluginContext {
  readonly config: Config;
  readonly provider: string;
  /** Whether the provider searches the web itself, with a model as the provider names it. */
  searches(model: string): boolean;
  /** For requests to others than the provider. */
  readonly fetch: typeof fetch;
  /**
   * Where threads share the port (WORKERS), each has its own plugins. `hear` is called with what the same plugin in the
   * others hands to the function that is returned: values that can be cloned.
   */
  share<Value>(topic: string, hear: (value: Value) => void): (value: Value) => void;
}

/** Makes a plugin; called once, at the start, in each thread. */
export type Plugin = (context: PluginContext) => Middleware;

/** What the adapter's hooks may ask about the request in hand. */
export interface Call {
  /** As the provider names it. */
  readonly model: string;
  readonly stream: boolean;
  /** OPENAI_BASE_URL, else the adapter's own; no slash at its end. */
  readonly baseUrl: string;
  /** Empty where the upstream wants none. */
  readonly apiKey: string;
  /** What the client asked, for what the OpenAI body cannot say. */
  readonly request: Anthropic.Request;
  /** How hard the model should think, from `thinking` and the last `output_config.effort`. */
  readonly effort: Effort;
  /** The client's session, hashed; the same for all requests of a conversation. */
  readonly session?: string;
  /** The variables that the adapter named in `env`. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the provider itself is to search the web for this request; only then is the `search` hook called. */
  readonly search?: SearchScope;
}

/** What the client allows of a web search (section 2.6). Empty lists: everything, and nothing. */
export interface SearchScope {
  readonly maxUses: number;
  /** Hosts, perhaps with a path; their subdomains are meant too. */
  readonly allowedDomains: readonly string[];
  readonly blockedDomains: readonly string[];
}

export type Effort = "none" | "low" | "medium" | "high" | "xhigh" | "max";

/** A refusal or fault of the upstream, as found on the wire. */
export interface Failure {
  /** HTTP status; 200 when the error stood in a successful answer. */
  readonly status: number;
  readonly message: string;
  /** The provider's own code or type, for instance `insufficient_quota`; empty if it gave none. */
  readonly code: string;
  /** The parsed body, or its text. */
  readonly body: unknown;
  readonly headers: Headers;
  /** Seconds. */
  readonly retryAfter?: number;
  /** Set by an adapter's `error` hook: the refusal of a request is an answer after all, this one. */
  readonly answer?: OpenAI.Chunk;
}

/** What is known of a model; each is a promise only where it is given. */
export interface Facts {
  /** Tokens of prompt and answer together. */
  readonly context?: number;
  /** Tokens of one answer; `max_tokens` above it is lowered to it. */
  readonly output?: number;
  /** False: images are replaced by a note. */
  readonly vision?: boolean;
  /** True: a PDF goes as a `file` part. Otherwise its text is sent. */
  readonly files?: boolean;
  /** The model thinks whatever it is told: small answers get room for it (Q25). */
  readonly reasoning?: "always";
  /** False: this model cannot search, though the adapter has a `search` hook. */
  readonly search?: boolean;
}

/**
 * What a provider does differently. Every hook sees parsed OpenAI values, never a Response, and all are optional.
 * A hook that throws fails its request with an error that names the adapter.
 */
export interface ProviderAdapter {
  readonly baseUrl: string;
  /**
   * Selects this adapter by the host of OPENAI_BASE_URL: an exact name, a suffix (".example.com"), or a port by which
   * a local server is known (":11434", with http:// only).
   */
  readonly hosts?: readonly string[];
  /** Where the key is looked for when OPENAI_API_KEY is not set. */
  readonly apiKeyEnv?: string;
  /** Variables that the hooks read through `call.env`. */
  readonly env?: readonly string[];
  facts?(model: string): Facts;
  /** Default: `{baseUrl}/chat/completions`, a query of the base URL kept. */
  url?(call: Call): string;
  /** Default: `Authorization: Bearer {apiKey}`. */
  headers?(call: Call): Record<string, string>;
  /** Last touch before the body is sent. */
  request?(body: OpenAI.Request, call: Call): OpenAI.Request;
  /**
   * Makes the provider search the web before it answers; called after `request`, with `call.search` set. The pages it
   * found are read from `delta.annotations` or a list `citations`, `search_results` or `web_search` (Q18); a `stream`
   * hook moves them there from elsewhere. A tool call in the answer gets its own arguments back as the result.
   */
  search?(body: OpenAI.Request, call: Call): OpenAI.Request;
  /**
   * The body as it goes over the wire, where the provider is asked in another dialect than chat completions; made of
   * what `request`, `search` and all lessons left, so that those speak one dialect only. `stream` reads the answer.
   */
  wire?(body: OpenAI.Request, call: Call): object;
  /**
   * First touch on each chunk; made per answer, state in its closure. A whole answer passes as a single chunk.
   * Undefined where this answer needs none.
   */
  stream?(call: Call): Transformer<OpenAI.Chunk, OpenAI.Chunk> | undefined;
  /** Reads a refusal: mends its status, message, code or retryAfter. */
  error?(failure: Failure, call: Call): Partial<Failure>;
}

/** The adapters by the names that PROVIDER takes, in the order in which a host is looked for. */
export type Providers = Readonly<Record<string, ProviderAdapter>>;
