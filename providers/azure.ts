import { type Call, completionsUrl, type ProviderAdapter, withoutReasoning } from "../core/mod.ts";
import { openaiFacts, withEffort, withinLimits } from "./openai.ts";

/**
 * Azure OpenAI: its own key header, but for a token of Entra, and a version in the query of all but the `/openai/v1`
 * addresses (Q45). A deployment that is not named like its model gets what that model needs by being refused once
 * (Q116). No PDFs.
 */
export const azure: ProviderAdapter = {
  baseUrl: "https://YOUR-RESOURCE.openai.azure.com/openai/v1",
  hosts: [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"],
  apiKeyEnv: "AZURE_OPENAI_API_KEY",
  env: ["AZURE_API_VERSION"],
  url: azureUrl,
  headers: ({ apiKey }) =>
    apiKey.startsWith("eyJ") ? { authorization: `Bearer ${apiKey}` } : { "api-key": apiKey },
  facts: openaiFacts,
  request: (body, call) => withinLimits(withEffort(withoutReasoning(body), call)),
};

/** A bare resource address with an API version means the deployment named like the model. */
function azureUrl({ baseUrl, model, env }: Call): string {
  const version = env["AZURE_API_VERSION"];
  const url = new URL(baseUrl);
  if (url.pathname.includes("/openai/v1")) return completionsUrl(baseUrl);
  if (/^\/(?:openai\/?)?$/.test(url.pathname)) {
    url.pathname = `/openai/deployments/${encodeURIComponent(model)}`;
  }
  if (version !== undefined && !url.searchParams.has("api-version")) {
    url.searchParams.set("api-version", version);
  }
  return completionsUrl(url.href);
}
