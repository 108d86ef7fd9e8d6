/** One of several threads that answer on the same port; the main thread does all else. */
import type { Parts } from "../core/assemble.ts";
import { makeRedactor } from "../core/redact.ts";
import { listen } from "./listen.ts";
import { closeLogs, configureLogs } from "./logs.ts";
import { makeProgram, readSettings } from "./program.ts";
import type { StartOptions } from "./start.ts";
import { report, share, stopOrder } from "./workers.ts";

/** Serves until the main thread ends it, which is told of all faults. */
export async function serveAlong(port: number, options: StartOptions, parts: Parts): Promise<void> {
  try {
    const { config } = readSettings(options, parts);
    configureLogs({
      level: config.logLevel,
      hide: makeRedactor(config.secrets),
      // Through JSON, because not all that can be logged can be sent.
      to: (records) => report({ records: JSON.parse(JSON.stringify(records)) }),
    });
    const stop = stopOrder();
    const program = await makeProgram(config, { ...parts, share }, options.name);
    const running = listen(program, { ...config, port }, "along");
    report("listening");
    await stop;
    await running.stop();
    closeLogs();
    report("stopped");
  } catch (thrown) {
    report({ failed: (thrown as Error).message });
  }
}
