/** Conversations with OpenAI's adapter that go by the Responses API. */
import type { Anthropic } from "../../core/mod.ts";
import { openai } from "../../providers/openai.ts";
import { eventsOf, exchangeOf, makeHandler, type Outcome, QUESTION, streaming } from "./ask.ts";
import { Conversation, start } from "./conversation.ts";
import type { Turn } from "./dialect.ts";
import { atHome } from "./own_host.ts";
import { RESPONSES } from "./responses_wire.ts";
import type { Simulator } from "./simulator.ts";
import { cutBytes, PLAIN, toParts } from "./sse.ts";
import { BASH, thinking } from "./through.ts";

export const DIALECT = { model: "gpt-5.6", wire: RESPONSES, knows: { assistant: ["sealed"] } };

/** A client that asks for a model of that API, hard. */
export function converse(
  { baseUrl }: Simulator,
  changes: Partial<Anthropic.Request> = {},
): Conversation {
  return new Conversation(start({ openai: atHome(openai) }, "openai", baseUrl), {
    model: "gpt-5.6",
    max_tokens: 32_000,
    stream: true,
    system: "Be brief.",
    tools: [BASH],
    ...thinking("xhigh"),
    ...changes,
  });
}

export const LOOK: Turn = {
  thinking: "I look.",
  text: "Let me see.",
  calls: [{ id: "call_00000001", name: "Bash", input: { command: "ls" } }],
};

/** OpenAI's own address. */
export const OWN = "https://api.openai.com/v1";

export interface Place {
  readonly model?: string;
  readonly baseUrl?: string;
  readonly question?: Partial<Anthropic.Request>;
}

/** The answer to a question that asks for thinking. */
export function ask(
  answer: typeof fetch,
  { model = "gpt-5.6", baseUrl = OWN, question = {} }: Place = {},
): Promise<Outcome> {
  const exchange = exchangeOf({ ...QUESTION, thinking: { type: "adaptive" }, ...question });
  const target = { ...exchange.target, model };
  return eventsOf(makeHandler(answer, openai, { baseUrl })({ ...exchange, target }));
}

/** These frames as a stream, cut at these places. */
export function sent(frames: readonly unknown[], places: readonly number[] = []): typeof fetch {
  return streaming(cutBytes(new TextEncoder().encode(toParts(frames, PLAIN).join("")), places));
}
