/** The port: opening it, and closing it without cutting anybody off. */
import type { Program } from "../core/assemble.ts";
import { type Config, ConfigError } from "../core/config.ts";
import { outliveFaults } from "./logs.ts";

/** How long the last bytes may take to reach their clients. */
const LAST_BYTES_MS = 2_000;

export interface Running {
  readonly port: number;
  /** Ends when all answers are complete, or have been cut off after the grace time. */
  stop(): Promise<void>;
}

/**
 * Opens the port, for one thread alone, or as the first of several, or along with the first. Throws ConfigError where it
 * cannot be had.
 */
export function listen(
  program: Program,
  { host, port, grace }: Pick<Config, "host" | "port" | "grace">,
  place: "alone" | "first" | "along" = "alone",
): Running {
  const controller = new AbortController();
  try {
    // A port that is to be shared can be had although another program listens there, which shares its own.
    if (place === "first") Deno.listen({ hostname: host, port }).close();
    const server = Deno.serve({
      hostname: host,
      port,
      reusePort: place !== "alone",
      signal: controller.signal,
      onListen: () => {},
    }, (request, { remoteAddr }) => program.serve(request, { address: remoteAddr.hostname }));
    outliveFaults();
    return {
      port: server.addr.port,
      async stop() {
        await program.drain(grace * 1000);
        const timer = setTimeout(() => controller.abort(), LAST_BYTES_MS);
        await server.shutdown();
        clearTimeout(timer);
      },
    };
  } catch (thrown) {
    if (thrown instanceof Deno.errors.AddrInUse) {
      throw new ConfigError(
        `Port ${port} is taken. Stop what listens there, or choose another with --port or PORT`,
      );
    }
    throw new ConfigError(
      `Cannot listen on ${host}:${port}: ${(thrown as Error).message}. Check HOST and PORT`,
    );
  }
}
