import { type ProviderAdapter, systemFirst } from "../core/mod.ts";

/** Requesty: caches prompts by itself where it is asked to (Q72). */
export const requesty: ProviderAdapter = {
  baseUrl: "https://router.requesty.ai/v1",
  hosts: ["router.requesty.ai"],
  apiKeyEnv: "REQUESTY_API_KEY",
  env: ["REQUESTY_AUTO_CACHE"],
  request: (body, { env }) => {
    const on = /^(?:true|1|yes|on)$/i.test(env["REQUESTY_AUTO_CACHE"] ?? "");
    return systemFirst(on ? { ...body, requesty: { auto_cache: true } } : body);
  },
};
