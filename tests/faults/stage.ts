/** A whole proxy in front of an upstream that misbehaves, and what a client saw of it. */
import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import type { Anthropic } from "../../core/contract.ts";
import { plugins } from "../../plugins/mod.ts";
import { providers } from "../../providers/mod.ts";
import { type Line, type RawServer, startRawServer } from "../support/raw_server.ts";

export interface Stage extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly upstream: RawServer;
  ask(stream?: boolean, signal?: AbortSignal): Promise<Seen>;
}

/** What a client saw. */
export interface Seen {
  readonly status: number;
  readonly events: readonly Anthropic.Event[];
  /** The error's type and message, of the status or of an `error` event. */
  readonly error?: { readonly type: string; readonly message: string };
  /** All text of the answer. */
  readonly text: string;
}

export const TOOLS = [{ name: "Bash", input_schema: { type: "object" } }];

/** At its end nothing may be under way any more, and no connection to the upstream may be in use. */
export function startStage(
  speak: (line: Line, index: number) => unknown,
  settings: Record<string, string> = {},
): Stage {
  const upstream = startRawServer(speak);
  const config = parseConfig({ OPENAI_BASE_URL: upstream.baseUrl, MAX_RETRIES: "0", ...settings });
  // The breaker would end a series of faults that are on purpose.
  const used = plugins.filter(({ name }) => name !== "breaker");
  const program = assemble(config, { providers, plugins: used, version: "0" });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request, { remoteAddr }) => program.serve(request, { address: remoteAddr.hostname }),
  );
  const { port } = server.addr;
  const url = `http://127.0.0.1:${port}`;
  return {
    port,
    url,
    upstream,
    async ask(stream = true, signal) {
      const response = await fetch(`${url}/v1/messages`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: question(stream),
        signal: signal ?? null,
      });
      return read(response.status, await response.text());
    },
    async [Symbol.asyncDispose]() {
      const startedAt = performance.now();
      await program.drain(5_000);
      assert.ok(performance.now() - startedAt < 4_000, "a request was left under way");
      await server.shutdown();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

export function question(stream = true): string {
  return JSON.stringify({
    model: "claude-opus",
    max_tokens: 100,
    stream,
    messages: [{ role: "user", content: "Hi" }],
    tools: TOOLS,
  });
}

function read(status: number, text: string): Seen {
  if (!text.startsWith("event:")) {
    const body = JSON.parse(text);
    if (body.type === "error") return { status, events: [], error: body.error, text: "" };
    const said = body.content.map((block: { text?: string }) => block.text ?? "").join("");
    return { status, events: [], text: said };
  }
  const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]): Anthropic.Event =>
    JSON.parse(data!)
  );
  const said = events.map((event) =>
    event.type === "content_block_delta" && event.delta.type === "text_delta"
      ? event.delta.text
      : ""
  ).join("");
  const last = events.at(-1);
  const seen = { status, events, text: said };
  return last?.type === "error" ? { ...seen, error: last.error } : seen;
}

/** An answer as a provider streams it: thinking, text, two calls in pieces, usage, [DONE]. */
export const FRAMES: readonly string[] = [
  { role: "assistant", content: "" },
  { reasoning_content: "I should look – wirklich." },
  { content: "I will " },
  { content: "look. \u{1F600}" },
  ...["call_a", "call_b"].flatMap((id, index) => [
    { tool_calls: [{ index, id, type: "function", function: { name: "Bash", arguments: "" } }] },
    { tool_calls: [{ index, function: { arguments: '{"command":' } }] },
    { tool_calls: [{ index, function: { arguments: `"ls ${id}"}` } }] },
  ]),
].map((delta) => chunk({ choices: [{ index: 0, delta, finish_reason: null }] })).concat(
  chunk({ choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] }),
  chunk({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 7 } }),
  "data: [DONE]\n\n",
);

export function chunk(fields: Record<string, unknown>): string {
  return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", ...fields })}\n\n`;
}

export function says(content: string, finish_reason: string | null = null): string {
  return chunk({ choices: [{ index: 0, delta: { content }, finish_reason }] });
}

/** Bytes in the framing of HTTP, so that a connection that ends too early is seen to. */
export function chunked(bytes: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(`${bytes.length.toString(16)}\r\n`);
  const all = new Uint8Array(head.length + bytes.length + 2);
  all.set(head);
  all.set(bytes, head.length);
  all.set([13, 10], head.length + bytes.length);
  return all;
}

export const CHUNKED_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n" +
  "transfer-encoding: chunked\r\n\r\n";
