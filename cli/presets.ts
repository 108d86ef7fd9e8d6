/** What `init` offers: the provider's adapter, and models that are good at coding. */
export interface Preset {
  /** The adapter's name; its base URL is used. */
  readonly provider: string;
  readonly label: string;
  readonly big: string;
  readonly small: string;
}

export const PRESETS: readonly Preset[] = [
  { provider: "openai", label: "OpenAI", big: "gpt-5.2", small: "gpt-5-mini" },
  { provider: "kimi", label: "Kimi (Moonshot)", big: "kimi-k2.6", small: "kimi-k2.6" },
  { provider: "glm", label: "GLM (Zhipu, z.ai)", big: "glm-4.7", small: "glm-4.5-air" },
  {
    provider: "gemini",
    label: "Gemini (Google)",
    big: "gemini-2.5-pro",
    small: "gemini-2.5-flash",
  },
  { provider: "minimax", label: "MiniMax", big: "MiniMax-M2.7", small: "MiniMax-M2.7" },
  { provider: "deepseek", label: "DeepSeek", big: "deepseek-chat", small: "deepseek-chat" },
  {
    provider: "qwen",
    label: "Qwen (DashScope)",
    big: "qwen3-coder-plus",
    small: "qwen3-coder-flash",
  },
  { provider: "mistral", label: "Mistral", big: "devstral-latest", small: "mistral-small-latest" },
  {
    provider: "openrouter",
    label: "OpenRouter",
    big: "moonshotai/kimi-k2",
    small: "openai/gpt-5-mini",
  },
  { provider: "requesty", label: "Requesty", big: "openai/gpt-5.2", small: "openai/gpt-5-mini" },
  { provider: "azure", label: "Azure OpenAI", big: "my-deployment", small: "my-small-deployment" },
  { provider: "ollama", label: "Ollama (this machine)", big: "qwen3-coder", small: "qwen3-coder" },
  { provider: "generic", label: "Another OpenAI-style server", big: "my-model", small: "my-model" },
];
