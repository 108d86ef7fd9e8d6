/** What `init` offers: the provider's adapter, whose base URL is used, and models as docs/providers.md names them. */
export interface Preset {
  readonly provider: string;
  readonly label: string;
  readonly big: string;
  /** Absent: the same as `big`. */
  readonly middle?: string;
  readonly small: string;
}

type Models = readonly [big: string, middle: string, small: string];

const TABLE: readonly (readonly [provider: string, label: string, models: Models])[] = [
  ["openai", "OpenAI", ["gpt-5.2", "gpt-5.2", "gpt-5-mini"]],
  ["kimi", "Kimi (Moonshot)", ["kimi-k3", "kimi-k2.7-code", "kimi-k2.6"]],
  ["glm", "GLM (Zhipu, z.ai)", ["glm-5.3", "glm-5.2", "glm-4.5-air"]],
  ["gemini", "Gemini (Google)", [
    "gemini-3.1-pro-preview",
    "gemini-3.8-flash",
    "gemini-2.5-flash-lite",
  ]],
  ["minimax", "MiniMax", ["MiniMax-M3", "MiniMax-M2.7", "MiniMax-M2.7-highspeed"]],
  ["deepseek", "DeepSeek", ["deepseek-v4-pro", "deepseek-v4-pro", "deepseek-v4-flash"]],
  ["qwen", "Qwen (DashScope)", ["qwen3.8-max", "qwen3-coder-plus", "qwen-flash"]],
  ["mistral", "Mistral", ["mistral-large-latest", "mistral-medium-3-5", "mistral-small-latest"]],
  ["xai", "xAI", ["grok-4.3", "grok-4.3", "grok-4.20-non-reasoning"]],
  ["groq", "Groq", ["openai/gpt-oss-120b", "openai/gpt-oss-120b", "openai/gpt-oss-20b"]],
  ["cerebras", "Cerebras", ["gpt-oss-120b", "gpt-oss-120b", "gpt-oss-120b"]],
  ["openrouter", "OpenRouter", [
    "anthropic/claude-opus-5",
    "moonshotai/kimi-k3",
    "google/gemini-3.8-flash",
  ]],
  ["requesty", "Requesty", [
    "anthropic/claude-opus-5",
    "anthropic/claude-opus-5",
    "google/gemini-2.5-flash-lite",
  ]],
  ["azure", "Azure OpenAI", ["your-deployment", "your-deployment", "your-small-deployment"]],
  ["ollama", "Ollama (this machine)", ["qwen3-coder:30b", "qwen3-coder:30b", "qwen3-coder:30b"]],
  ["lmstudio", "LM Studio (this machine)", [
    "qwen3-coder-30b",
    "qwen3-coder-30b",
    "qwen3-coder-30b",
  ]],
  ["llamacpp", "llama.cpp (this machine)", ["local", "local", "local"]],
  ["vllm", "vLLM or SGLang (this machine)", [
    "Qwen/Qwen3-Coder-30B-A3B-Instruct",
    "Qwen/Qwen3-Coder-30B-A3B-Instruct",
    "Qwen/Qwen3-Coder-30B-A3B-Instruct",
  ]],
  ["generic", "Another OpenAI-style server", ["my-model", "my-model", "my-model"]],
];

export const PRESETS: readonly Preset[] = TABLE.map(([provider, label, [big, middle, small]]) => ({
  provider,
  label,
  big,
  ...(middle === big ? {} : { middle }),
  small,
}));
