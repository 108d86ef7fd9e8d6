/** Mixed traffic with faults for some minutes: `deno task soak --minutes 2`. Ends with 1 where anything was not honest. */
import { parseArgs } from "node:util";
import { type ProxyProcess, startProxyProcess } from "../support/proxy_process.ts";
import { runClient } from "./clients.ts";
import { startMoodyUpstream } from "./upstream.ts";

const CONNECTIONS = 50;

/** How long after the last request the connections that wait for another are counted, in milliseconds. */
const SETTLE_MS = 3_000;

const { values } = parseArgs({ options: { minutes: { type: "string", default: "2" } } });
const milliseconds = Number(values.minutes) * 60_000;
if (!(milliseconds > 0)) {
  console.error(`--minutes must be a number above 0, but is "${values.minutes}"`);
  Deno.exit(2);
}

const outcomes = new Map<string, number>();
const upstream = startMoodyUpstream();
const proxy = await startProxyProcess({
  settings: {
    OPENAI_BASE_URL: upstream.baseUrl,
    MAX_RETRIES: "1",
    REQUEST_TIMEOUT: "10",
    IDLE_TIMEOUT: "5",
    LOG_LEVEL: "WARNING",
  },
});
let died = false;
proxy.status.then(() => died = true);

console.log(`${CONNECTIONS} connections for ${values.minutes} min`);
await show("start", proxy);
const end = Date.now() + milliseconds;
const middle = setTimeout(() => void show("middle", proxy), milliseconds / 2);
await Promise.all(Array.from({ length: CONNECTIONS }, () => runClient(proxy.url, end, note)));
clearTimeout(middle);
await show("last request", proxy);
await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
await show("end", proxy);
const alive = !died;
proxy.kill("SIGTERM");
const { code } = await proxy.status;
await upstream[Symbol.asyncDispose]();

print("what the upstream did", upstream.moods);
print("what the clients saw", outcomes);
const dishonest = [...outcomes.keys()].filter((outcome) => outcome.startsWith("!"));
console.log(
  `\nproxy ${alive ? "lived" : "DIED"}, exit code ${code}, dishonest outcomes: ${dishonest.length}`,
);
Deno.exit(alive && code === 0 && dishonest.length === 0 ? 0 : 1);

function note(outcome: string): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

async function show(when: string, { memory, sockets }: ProxyProcess): Promise<void> {
  const { now } = await memory();
  const total = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `${when.padEnd(14)} ${String(total).padStart(7)} requests  RSS ${
      (now / 1024 / 1024).toFixed(0).padStart(4)
    } MiB  ${String(await sockets()).padStart(4)} sockets`,
  );
}

function print(title: string, counts: ReadonlyMap<string, number>): void {
  console.log(`\n${title}`);
  for (const [name, count] of [...counts].sort(([, one], [, other]) => other - one)) {
    console.log(`  ${String(count).padStart(7)}  ${name}`);
  }
}
