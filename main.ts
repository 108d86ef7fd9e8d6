/** The program: what it is made of. The only file that knows every provider and plugin. */
import { run } from "./cli/mod.ts";
import denoJson from "./deno.json" with { type: "json" };
import { plugins } from "./plugins/mod.ts";
import { providers } from "./providers/mod.ts";

await run(Deno.args, { providers, plugins, version: denoJson.version });
