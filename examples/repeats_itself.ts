import { eachDelta, omit, type ProviderAdapter, rename } from "ccproxy";

/** A provider with another name for the token limit, no `top_p`, and chunks that repeat all of the text so far. */
export const adapter: ProviderAdapter = {
  baseUrl: "https://api.example.com/v1",
  hosts: ["api.example.com"],
  apiKeyEnv: "EXAMPLE_API_KEY",
  facts: () => ({ context: 128_000, output: 8_192, vision: false }),
  request: (body) => rename(omit(body, "top_p"), { max_tokens: "max_new_tokens" }),
  stream() {
    let said = "";
    return eachDelta((delta) => {
      if (typeof delta.content !== "string" || !delta.content.startsWith(said)) return delta;
      const content = delta.content.slice(said.length);
      said = delta.content;
      return { ...delta, content };
    })();
  },
};
