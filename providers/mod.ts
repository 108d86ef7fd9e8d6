/** The providers, by the names that PROVIDER takes. Selected by host in this order. */
import type { Providers } from "../core/mod.ts";
import { azure } from "./azure.ts";
import { generic } from "./generic.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { requesty } from "./requesty.ts";

export const providers: Providers = { openai, azure, openrouter, requesty, ollama, generic };
