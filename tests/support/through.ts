/** One request through the whole program and an adapter, to a scripted provider on loopback. */
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import type { Anthropic, OpenAI, ProviderAdapter } from "../../core/mod.ts";
import { type Received, type Script, startUpstream } from "./scripted_upstream.ts";

export interface Passage {
  readonly status: number;
  /** A message, or an error. */
  readonly answer: Anthropic.Message & Pick<Anthropic.ErrorBody, "error">;
  /** What the provider was sent, oldest first. */
  readonly received: readonly Received[];
  /** The first of its bodies. */
  readonly body: OpenAI.Request;
}

export interface PassageOptions {
  readonly script?: Script;
  /** The settings beside OPENAI_BASE_URL and PROVIDER. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Put behind the provider's address. */
  readonly path?: string;
}

/** Sends what differs from a short question, as the provider "mine"; not streamed, unless the request says so. */
export async function through(
  adapter: ProviderAdapter,
  request: Readonly<Record<string, unknown>>,
  { script = [{ text: "Hello." }], settings = {}, path = "" }: PassageOptions = {},
): Promise<Passage> {
  await using upstream = startUpstream(script);
  const config = parseConfig({
    OPENAI_BASE_URL: upstream.baseUrl.replace(/\/v1$/, path || "/v1"),
    PROVIDER: "mine",
    ...settings,
  });
  const program = assemble(config, {
    providers: { mine: adapter },
    plugins: [],
    version: "0.0.0",
  });
  const response = await program.serve(
    new Request("http://127.0.0.1/v1/messages", {
      method: "POST",
      body: JSON.stringify({ ...QUESTION, ...request }),
      headers: { "content-type": "application/json", "x-claude-code-session-id": "session-1" },
    }),
    { address: "127.0.0.1" },
  );
  const answer = await response.json();
  const { received } = upstream;
  return {
    status: response.status,
    answer,
    received,
    body: received[0]?.body as unknown as OpenAI.Request,
  };
}

export const QUESTION = {
  model: "model-1",
  max_tokens: 32_000,
  messages: [{ role: "user", content: "Hello" }],
};

export const BASH: Anthropic.Tool = {
  name: "Bash",
  description: "Runs a command",
  input_schema: { type: "object", properties: { command: { type: "string" } } },
};

/** Thinking as the client asks for it with each effort. */
export function thinking(effort: string): Readonly<Record<string, unknown>> {
  return { thinking: { type: "adaptive" }, output_config: { effort } };
}

/** The frames of a stream, from chunks. */
export function frames(...chunks: readonly unknown[]): string[] {
  return [...chunks.map((chunk) => JSON.stringify(chunk)), "[DONE]"].map((text) =>
    `data: ${text}\n\n`
  );
}

/** A conversation in which the model called Bash, and is asked again. */
export function afterCall(
  assistant: readonly unknown[],
  id = "call_00000001",
): Anthropic.MessageParam[] {
  return [
    { role: "user", content: "List the files" },
    { role: "assistant", content: assistant },
    { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "a.txt" }] },
  ] as unknown as Anthropic.MessageParam[];
}
