import assert from "node:assert/strict";
import { join } from "node:path";
import { command, freePorts } from "../support/command.ts";
import { inFolder } from "../support/folder.ts";
import { post } from "../support/post.ts";
import { startUpstream } from "../support/scripted_upstream.ts";

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** What a collector is sent, by its path. */
function startCollector() {
  // deno-lint-ignore no-explicit-any
  const received: Record<string, any[]> = { "/v1/traces": [], "/v1/metrics": [], "/v1/logs": [] };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      received[new URL(request.url).pathname]?.push(await request.json());
      return Response.json({});
    },
  );
  return { received, url: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
}

function toObject(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
  );
}

Deno.test("OTEL_DENO=true exports a span and metrics of each request to a collector", () =>
  inFolder(async (cwd) => {
    await using upstream = startUpstream([{
      text: "Hello",
      usage: {
        prompt_tokens: 100,
        completion_tokens: 7,
        prompt_tokens_details: { cached_tokens: 60 },
      },
    }]);
    const collector = startCollector();
    const [port] = freePorts(1);
    Deno.writeTextFileSync(
      join(cwd, ".env"),
      `HOST=127.0.0.1\nPORT=${port}\nOPENAI_BASE_URL=${upstream.baseUrl}\nBIG_MODEL=kimi-k2\n`,
    );
    const proxy = command(["start"], {
      cwd,
      env: {
        OTEL_DENO: "true",
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      },
    }).spawn();
    const reader = proxy.stdout.getReader();
    await reader.read();
    await (await post(`http://127.0.0.1:${port}`, { stream: true })).text();
    proxy.kill("SIGTERM");
    while (!(await reader.read()).done);
    await proxy.stderr.cancel();
    assert.equal((await proxy.status).code, 0);
    await collector.stop();

    const spans = collector.received["/v1/traces"]!.flatMap(({ resourceSpans }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans).flatMap(({ spans }) => spans);
    const chat = spans.find(({ name }) => name === "chat kimi-k2");
    assert.ok(chat, spans.map(({ name }) => name).join());
    assert.ok(
      spans.some(({ spanId }) => spanId === chat.parentSpanId),
      "it stands below the request",
    );
    const attributes = toObject(chat.attributes);
    assert.equal(attributes["gen_ai.provider.name"], "generic");
    assert.equal(attributes["gen_ai.request.model"], "kimi-k2");
    assert.equal(Number(attributes["gen_ai.usage.input_tokens"]), 100);
    assert.equal(Number(attributes["gen_ai.usage.output_tokens"]), 7);
    assert.deepEqual(attributes["gen_ai.response.finish_reasons"], {
      values: [{ stringValue: "end_turn" }],
    });

    const names = collector.received["/v1/metrics"]!.flatMap(({ resourceMetrics }) =>
      resourceMetrics
    )
      .flatMap(({ scopeMetrics }) => scopeMetrics).flatMap(({ metrics }) => metrics)
      .map(({ name }) => name);
    for (
      const name of [
        "ccproxy.requests",
        "gen_ai.client.token.usage",
        "gen_ai.client.operation.duration",
        "gen_ai.client.operation.time_to_first_chunk",
        "ccproxy.overhead",
      ]
    ) assert.ok(names.includes(name), `${name} in ${names}`);
  }));
