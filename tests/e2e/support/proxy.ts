import { join } from "node:path";
import { type ProxyProcess, startProxyProcess } from "../../support/proxy_process.ts";

/** ccproxy as its users start it: a process of its own, with these settings in an env file. */
export async function startProxy(
  settings: Readonly<Record<string, string>>,
  folder: string,
): Promise<ProxyProcess> {
  const file = join(folder, ".env-e2e");
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await Deno.writeTextFile(file, lines.join(""));
  return await startProxyProcess({ settings: {}, args: ["--env", file], folder });
}
