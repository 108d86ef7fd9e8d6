import type { Plugin } from "../core/contract.ts";

/** Says in GET /health which process answers, so that a fleet can tell its own from a stranger's. */
export function identity(name: string): Plugin {
  const vitals = () => ({ instance: { name, pid: Deno.pid } });
  return () =>
    Object.assign<ReturnType<Plugin>, { vitals: typeof vitals }>(
      (exchange, next) => next(exchange),
      { vitals },
    );
}
