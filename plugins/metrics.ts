/** Counts of what went through, for GET /metrics (Prometheus) and GET /health. */
import type { PluginContext } from "../core/mod.ts";
import { type Account, failed } from "./account.ts";
import { Counter, Histogram } from "./metrics_text.ts";
import type { Observer } from "./observe.ts";

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const OVERHEAD = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5];

/** Counts from the start of the process, of all its threads; the page shows them, and health some. */
export function metrics({ share }: PluginContext): Observer {
  const requests = new Counter("ccproxy_requests_total", "Requests by how they ended.");
  const tokens = new Counter("ccproxy_tokens_total", "Tokens; input is less the cached ones.");
  const retries = new Counter("ccproxy_retries_total", "Times a provider was asked again.");
  const firstByte = new Histogram("ccproxy_first_byte_seconds", "Until the first event.", SECONDS);
  const duration = new Histogram("ccproxy_duration_seconds", "Until the last event.", SECONDS);
  const overhead = new Histogram("ccproxy_overhead_seconds", "Spent in ccproxy itself.", OVERHEAD);
  const all = [requests, tokens, retries, firstByte, duration, overhead];
  let active = 0;
  let total = 0;
  let errors = 0;

  function count(account: Account): void {
    const { provider, model, status } = account;
    active--;
    total++;
    if (failed(account)) errors++;
    const labels = { provider, model };
    requests.add({ ...labels, status: String(status) });
    tokens.add({ ...labels, type: "input" }, account.inputTokens);
    tokens.add({ ...labels, type: "cached" }, account.cachedTokens);
    tokens.add({ ...labels, type: "output" }, account.outputTokens);
    retries.add(labels, account.retries);
    firstByte.observe(labels, account.firstByteMs / 1000);
    duration.observe(labels, account.durationMs / 1000);
    overhead.observe(labels, account.overheadMs / 1000);
  }

  const tell = share<Account | "begun">("metrics", (told) => {
    if (told === "begun") active++;
    else count(told);
  });

  return {
    observe() {
      active++;
      tell("begun");
      return (account) => {
        count(account);
        tell(account);
      };
    },
    pages: {
      "GET /metrics": () =>
        new Response(
          [
            ...all.map((metric) => metric.toText()),
            `# HELP ccproxy_active_requests Requests under way.\n# TYPE ccproxy_active_requests gauge\n` +
            `ccproxy_active_requests ${active}\n`,
          ].join(""),
          { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } },
        ),
    },
    vitals: () => ({ requests: { total, errors, active } }),
  };
}
