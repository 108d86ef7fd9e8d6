import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { Counter, Histogram } from "../../plugins/metrics_text.ts";
import { plugins } from "../../plugins/mod.ts";
import { providers } from "../../providers/mod.ts";
import { messagesRequest } from "../support/post.ts";
import { startUpstream } from "../support/scripted_upstream.ts";

const PEER = { address: "127.0.0.1" };
const ROOT = "http://127.0.0.1";

Deno.test("metrics() counts requests, errors and tokens for Prometheus and for /health", async () => {
  await using upstream = startUpstream([
    { text: "Hello", usage: { prompt_tokens: 100, completion_tokens: 7 } },
    { error: { status: 404, body: { error: { message: "no such model" } } } },
  ]);
  const config = parseConfig({ OPENAI_BASE_URL: upstream.baseUrl, BIG_MODEL: "kimi-k2" });
  const { serve } = assemble(config, { plugins, providers, version: "0" });
  for (let round = 0; round < 2; round++) {
    await (await serve(messagesRequest(), PEER)).text();
  }
  const page = await (await serve(new Request(`${ROOT}/metrics`), PEER)).text();
  for (
    const line of [
      'ccproxy_requests_total{provider="generic",model="kimi-k2",status="200"} 1',
      'ccproxy_requests_total{provider="generic",model="kimi-k2",status="404"} 1',
      'ccproxy_tokens_total{provider="generic",model="kimi-k2",type="input"} 100',
      'ccproxy_tokens_total{provider="generic",model="kimi-k2",type="output"} 7',
      'ccproxy_overhead_seconds_count{provider="generic",model="kimi-k2"} 2',
      "ccproxy_active_requests 0",
    ]
  ) {
    assert.ok(page.split("\n").includes(line), `${line} in:\n${page}`);
  }
  const health = await (await serve(new Request(`${ROOT}/health`), PEER)).json();
  assert.deepEqual(health.requests, { total: 2, errors: 1, active: 0 });
});

Deno.test("Histogram counts each value in its bucket and all above it", () => {
  const histogram = new Histogram("seconds", "Time.", [1, 2]);
  for (const value of [0.5, 1, 1.5, 9]) histogram.observe({ model: 'a "b"' }, value);
  assert.equal(
    histogram.toText(),
    [
      "# HELP seconds Time.",
      "# TYPE seconds histogram",
      'seconds_bucket{model="a \\"b\\"",le="1"} 2',
      'seconds_bucket{model="a \\"b\\"",le="2"} 3',
      'seconds_bucket{model="a \\"b\\"",le="+Inf"} 4',
      'seconds_sum{model="a \\"b\\""} 12',
      'seconds_count{model="a \\"b\\""} 4',
      "",
    ].join("\n"),
  );
});

Deno.test("Counter keeps its size where clients ask for ever new models", () => {
  const counter = new Counter("requests", "Requests.");
  for (let number = 0; number < 2000; number++) counter.add({ model: `model-${number}` });
  const lines = counter.toText().trim().split("\n");
  assert.ok(lines.length < 600, String(lines.length));
  assert.ok(lines.includes('requests{model="other"} 1500'));
});
