/** OpenTelemetry by the conventions for generative AI. Deno exports it where OTEL_DENO=true; otherwise nothing happens. */
import { metrics, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { PluginContext } from "../core/mod.ts";
import { type Account, failed } from "./account.ts";
import type { Observer } from "./observe.ts";

const NAME = "ccproxy";

/** A span and measurements for each request, where OTEL_DENO is true. */
export function telemetry({ config }: PluginContext): Observer {
  if (config.values["OTEL_DENO"] !== "true") return { observe: () => () => {} };
  const tracer = trace.getTracer(NAME);
  const count = makeInstruments();
  return {
    observe() {
      const span = tracer.startSpan("chat", { kind: SpanKind.CLIENT });
      return (account) => {
        describe(span, account);
        span.end();
        count(account);
      };
    },
  };
}

function describe(span: Span, account: Account): void {
  span.updateName(`chat ${account.model}`);
  span.setAttributes({
    ...labelsOf(account),
    "gen_ai.response.id": account.id,
    "gen_ai.usage.input_tokens": account.inputTokens + account.cachedTokens,
    "gen_ai.usage.output_tokens": account.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": account.cachedTokens,
    "ccproxy.asked_model": account.asked,
    "ccproxy.client": account.client,
    "ccproxy.retries": account.retries,
    "ccproxy.overhead": account.overheadMs / 1000,
  });
  if (account.stopReason !== undefined) {
    span.setAttribute("gen_ai.response.finish_reasons", [account.stopReason]);
  }
  if (failed(account)) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: account.error ?? "" });
  }
}

function makeInstruments(): (account: Account) => void {
  const meter = metrics.getMeter(NAME);
  const seconds = { unit: "s" };
  const requests = meter.createCounter("ccproxy.requests");
  const errors = meter.createCounter("ccproxy.errors");
  const tokens = meter.createHistogram("gen_ai.client.token.usage", { unit: "{token}" });
  const duration = meter.createHistogram("gen_ai.client.operation.duration", seconds);
  const firstByte = meter.createHistogram(
    "gen_ai.client.operation.time_to_first_chunk",
    seconds,
  );
  const overhead = meter.createHistogram("ccproxy.overhead", seconds);
  return (account) => {
    const labels = labelsOf(account);
    requests.add(1, labels);
    if (failed(account)) errors.add(1, labels);
    tokens.record(account.inputTokens + account.cachedTokens, {
      ...labels,
      "gen_ai.token.type": "input",
    });
    tokens.record(account.outputTokens, { ...labels, "gen_ai.token.type": "output" });
    duration.record(account.durationMs / 1000, labels);
    firstByte.record(account.firstByteMs / 1000, labels);
    overhead.record(account.overheadMs / 1000, labels);
  };
}

function labelsOf(account: Account): Record<string, string> {
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": account.provider,
    "gen_ai.request.model": account.model,
    "gen_ai.response.model": account.model,
    ...(failed(account) ? { "error.type": String(account.status) } : {}),
  };
}
