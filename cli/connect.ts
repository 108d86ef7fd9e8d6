/** Whether a host can be reached at all. */
import { isProxied } from "./http_proxy.ts";

/** Undefined behind a proxy: there a connection of our own says nothing about one that goes through it. */
export function makeConnects(environment: Readonly<Record<string, string>>) {
  return isProxied(environment) ? undefined : connects;
}

/** True where the host of the URL takes a TCP connection; a silent host is waited for until the signal. */
async function connects(url: string, signal: AbortSignal): Promise<boolean> {
  const { protocol, hostname, port } = new URL(url);
  try {
    const connection = await Deno.connect({
      hostname: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port) || (protocol === "https:" ? 443 : 80),
      signal,
    });
    connection.close();
    return true;
  } catch {
    return false;
  }
}
