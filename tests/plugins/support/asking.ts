/** The whole program in this process, asked as Claude Code asks it. */
import { assemble } from "../../../core/assemble.ts";
import { parseConfig } from "../../../core/config.ts";
import { toMessage } from "../../../core/convert/message.ts";
import type { Event, Message, Request as Asked } from "../../../core/protocol/anthropic.ts";
import { plugins } from "../../../plugins/mod.ts";
import { providers } from "../../../providers/mod.ts";
import type { Providers } from "../../../core/mod.ts";
import { messagesRequest } from "../../support/post.ts";

export interface Setting {
  readonly baseUrl: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly providers?: Providers;
  readonly fetch?: typeof fetch;
}

/** Sends a request through the whole program. */
export function post(asked: Asked, setting: Setting, signal?: AbortSignal): Promise<Response> {
  const program = assemble(
    parseConfig({
      OPENAI_BASE_URL: setting.baseUrl,
      BIG_MODEL: "big",
      SMALL_MODEL: "small",
      MAX_RETRIES: "0",
      ...setting.settings,
    }),
    {
      plugins,
      providers: setting.providers ?? providers,
      version: "0",
      ...(setting.fetch === undefined ? {} : { fetch: setting.fetch }),
    },
  );
  return program.serve(messagesRequest(asked, { signal }), { address: "127.0.0.1" });
}

/** The events of a streamed answer. Throws where it is not one. */
export async function events(response: Response): Promise<Event[]> {
  const text = await response.text();
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) throw new Error(text);
  return text.split("\n").filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)));
}

/** The answer, whole or collected from its stream. */
export async function answer(asked: Asked, setting: Setting): Promise<Message> {
  const response = await post(asked, setting);
  if (asked.stream) return toMessage(await events(response));
  const value = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(value));
  return value;
}
