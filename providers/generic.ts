import { type ProviderAdapter, systemFirst, thinkTags } from "../core/mod.ts";

/** Any server that speaks chat completions: nothing is taken for granted that some server refuses. */
export const generic: ProviderAdapter = {
  baseUrl: "http://127.0.0.1:8000/v1",
  request: (body) => systemFirst(body),
  stream: () => thinkTags(),
};
