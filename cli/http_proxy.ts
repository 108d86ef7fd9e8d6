/** The HTTP proxy that a shell may name, and how this machine is kept out of it. */

const PROXIES = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];

const THIS_MACHINE = ["127.0.0.1", "localhost", "::1"];

/** Whether requests go through an HTTP proxy. */
export function isProxied(environment: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(environment).map((name) => name.toUpperCase());
  return PROXIES.some((proxy) => names.includes(proxy));
}

/**
 * An HTTP proxy elsewhere cannot reach a model server on this machine, nor Claude Code us: `fetch` reads NO_PROXY, and
 * so does the client that we start. Must stand before the first request.
 */
export function spareThisMachine(): void {
  if (!isProxied(Deno.env.toObject())) return;
  const known = (Deno.env.get("NO_PROXY") || Deno.env.get("no_proxy") || "").split(",");
  const spared = [...known, ...THIS_MACHINE].map((host) => host.trim()).filter(Boolean).join(",");
  for (const name of ["NO_PROXY", "no_proxy"]) Deno.env.set(name, spared);
}
