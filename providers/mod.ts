/** The providers, by the names that PROVIDER takes. Selected by host in this order. */
import type { Providers } from "../core/assemble.ts";
import { azure } from "./azure.ts";
import { generic } from "./generic.ts";
import { openai } from "./openai.ts";
import { requesty } from "./requesty.ts";

export const providers: Providers = { openai, azure, requesty, generic };
