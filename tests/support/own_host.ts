import { type Call, completionsUrl, type ProviderAdapter } from "../../core/mod.ts";

/** The adapter as it is at its provider's own address, while its requests go to the base URL that is set. */
export function atHome(adapter: ProviderAdapter, home = adapter.baseUrl): ProviderAdapter {
  const there = (call: Call): Call => ({ ...call, baseUrl: home });
  return {
    ...adapter,
    url: (call) => (adapter.url?.(there(call)) ?? completionsUrl(home)).replace(home, call.baseUrl),
    request: (body, call) => adapter.request?.(body, there(call)) ?? body,
    wire: (body, call) => adapter.wire?.(body, there(call)) ?? body,
    stream: (call) => adapter.stream?.(there(call)),
  };
}
