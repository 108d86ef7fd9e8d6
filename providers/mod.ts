/** The providers, by the names that PROVIDER takes. Selected by host in this order. */
import type { Providers } from "../core/mod.ts";
import { azure } from "./azure.ts";
import { cerebras } from "./cerebras.ts";
import { deepseek } from "./deepseek.ts";
import { gemini } from "./gemini.ts";
import { generic } from "./generic.ts";
import { glm } from "./glm.ts";
import { groq } from "./groq.ts";
import { kimi } from "./kimi.ts";
import { llamacpp } from "./llamacpp.ts";
import { lmstudio } from "./lmstudio.ts";
import { minimax } from "./minimax.ts";
import { mistral } from "./mistral.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { qwen } from "./qwen.ts";
import { requesty } from "./requesty.ts";
import { vllm } from "./vllm.ts";
import { xai } from "./xai.ts";

export const providers: Providers = {
  openai,
  azure,
  gemini,
  kimi,
  glm,
  minimax,
  deepseek,
  qwen,
  mistral,
  groq,
  cerebras,
  xai,
  openrouter,
  requesty,
  ollama,
  lmstudio,
  llamacpp,
  vllm,
  generic,
};
