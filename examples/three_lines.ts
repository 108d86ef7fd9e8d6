import type { ProviderAdapter } from "ccproxy";
/** A provider that speaks plain chat completions. PROVIDER=three_lines, or this host in OPENAI_BASE_URL. */
export const adapter: ProviderAdapter = { baseUrl: "https://api.example.com/v1" };
