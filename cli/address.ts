/** Where a server is, as a URL. */

/** What it listens on. */
export function urlOn(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Where it is reached from this machine. */
export function urlFromHere(host: string, port: number): string {
  return urlOn(["0.0.0.0", "::", "localhost"].includes(host) ? "127.0.0.1" : host, port);
}
