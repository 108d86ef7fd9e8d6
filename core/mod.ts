/**
 * All that a plugin or an adapter may import.
 *
 * ```ts
 * import type { ProviderAdapter } from "ccproxy";
 * export const adapter: ProviderAdapter = { baseUrl: "https://api.example.com/v1" };
 * ```
 */
export type {
  Anthropic,
  Call,
  Config,
  Effort,
  EventFlow,
  Exchange,
  Facts,
  Failure,
  Handler,
  Journal,
  Middleware,
  OpenAI,
  Page,
  Plugin,
  PluginContext,
  ProviderAdapter,
  Providers,
  Reply,
  SearchScope,
  Target,
} from "./contract.ts";
export { abandoned, ApiError, asApiError, isPassing } from "./errors.ts";
export { collect } from "./convert/message.ts";
export { speaks } from "./convert/chunk.ts";
export { textOf } from "./convert/content.ts";
export { searchScope } from "./convert/search.ts";
export { completionsUrl } from "./convert/url.ts";
export { mapModel } from "./models.ts";
export { Recent } from "./recent.ts";
export { asFlow, asMessage } from "./reply.ts";
export { flowOf } from "./stream/flow.ts";
export { parseObject } from "./stream/json.ts";
export * from "./quirks.ts";
