import { assemble, type Program } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import type { ErrorBody, Event, Message, Request as Asked } from "../../core/protocol/anthropic.ts";
import { plugins } from "../../plugins/mod.ts";
import { providers } from "../../providers/mod.ts";
import { type ChatBody, type Script, startUpstream } from "../support/scripted_upstream.ts";

/** The whole program before a scripted provider, without a port of its own. */
export interface Stage extends AsyncDisposable {
  readonly program: Program;
  /** The bodies that the provider received. */
  readonly received: readonly ChatBody[];
  ask(body: unknown, path?: string, init?: RequestInit): Promise<Response>;
  /** A whole answer. */
  whole(body: Partial<Asked>): Promise<Message>;
  /** The events of a stream. */
  stream(body: Partial<Asked>): Promise<Event[]>;
  /** The refusal. */
  refused(body?: Partial<Asked>): Promise<{ response: Response; error: ErrorBody["error"] }>;
}

const HELLO: Asked = {
  model: "claude-opus-5-5",
  max_tokens: 1000,
  messages: [{ role: "user", content: "Hello" }],
};

export function setStage(script: Script, settings: Readonly<Record<string, string>> = {}): Stage {
  const upstream = startUpstream(script);
  const config = parseConfig({ OPENAI_BASE_URL: upstream.baseUrl, MAX_RETRIES: "0", ...settings });
  const program = assemble(config, { providers, plugins, version: "0" });

  function ask(body: unknown, path = "/v1/messages?beta=true", init: RequestInit = {}) {
    const request = new Request(`http://127.0.0.1:8082${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      ...init,
    });
    return program.serve(request, { address: "127.0.0.1" });
  }

  return {
    program,
    ask,
    get received() {
      return upstream.received.map(({ body }) => body);
    },
    async whole(body) {
      return await (await ask({ ...HELLO, ...body })).json();
    },
    async stream(body) {
      const text = await (await ask({ ...HELLO, ...body, stream: true })).text();
      return text.split("\n").filter((line) => line.startsWith("data: "))
        .map((line) => JSON.parse(line.slice("data: ".length)));
    },
    async refused(body = {}) {
      const response = await ask({ ...HELLO, ...body });
      return { response, error: (await response.json()).error };
    },
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}
