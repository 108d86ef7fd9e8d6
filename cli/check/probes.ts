/** Small requests to the provider, each for one thing that Claude Code needs. */
import type { Program } from "../../core/assemble.ts";
import type { Config } from "../../core/config.ts";
import type { Anthropic } from "../../core/contract.ts";
import { textOf } from "../../core/convert/content.ts";
import { publicId } from "../../core/models.ts";

export interface Probe {
  readonly name: string;
  readonly model: string;
  readonly ok: boolean;
  readonly milliseconds: number;
  /** What was seen, or what went wrong. */
  readonly detail: string;
  /** What to change. */
  readonly advice?: string;
}

interface Plan {
  readonly name: string;
  readonly model: string;
  readonly request: Partial<Anthropic.Request>;
  /** What the answer shows; an Error where it is not what it should be. */
  judge(message: Anthropic.Message): string | Error;
  readonly advice: string;
}

/** A red square of 16 by 16 points. */
const RED =
  "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mP4z8BAEmIY1TCqYfhqAACQ+f8B8u7oVwAAAABJRU5ErkJggg==";

const TOOL = {
  name: "get_time",
  description: "Tells the time in a city.",
  input_schema: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
  },
};

/** Runs the probes in turn: the first tells whether the others make sense. */
export async function probe(program: Program, config: Config): Promise<Probe[]> {
  const [first, ...rest] = plans(config);
  const key = await run(first!, program, config);
  if (!key.ok) return [key];
  const others: Probe[] = [];
  for (const plan of rest) others.push(await run(plan, program, config));
  return [key, ...others];
}

function plans({ models }: Config): Plan[] {
  const { big, middle, small } = models;
  const say = (text: string) => ({ messages: [{ role: "user" as const, content: text }] });
  const anything = (message: Anthropic.Message) => textOf(message.content) || "an empty answer";
  return [
    {
      name: "key",
      model: small,
      request: say("Say OK."),
      judge: anything,
      advice: "Check OPENAI_API_KEY, OPENAI_BASE_URL and SMALL_MODEL",
    },
    ...[...new Set([big, middle])].filter((model) => model !== small).map((model) => ({
      name: "model",
      model,
      request: say("Say OK."),
      judge: anything,
      advice: `Check that ${model} is a model of this provider and that the key may use it`,
    })),
    {
      name: "streaming",
      model: big,
      request: { ...say("Count from one to five in words."), stream: true },
      judge: anything,
      advice: "Ask the provider how to stream; Claude Code is hard to use without",
    },
    {
      name: "tool call",
      model: big,
      request: { ...say("What time is it in Oslo? Use the tool."), tools: [TOOL] },
      judge: ({ content }) => {
        const call = content.find((block) => block.type === "tool_use");
        return call === undefined
          ? new Error("it answered without calling the tool")
          : `${call.name}(${JSON.stringify(call.input)})`;
      },
      advice: `Claude Code works by tools alone: set BIG_MODEL to a model that calls them`,
    },
    {
      name: "image",
      model: big,
      request: {
        messages: [{
          role: "user",
          content: [
            { type: "image", source: { type: "base64", media_type: "image/png", data: RED } },
            { type: "text", text: "Which colour is this? One word." },
          ],
        }],
      },
      judge: (message) =>
        /red/i.test(textOf(message.content))
          ? "it sees red"
          : new Error(`it says: ${anything(message)}`),
      advice:
        `If ${big} takes no images, say so in ccproxy.json: {"models":{"${big}":{"vision":false}}}`,
    },
    {
      name: "reasoning",
      model: big,
      request: {
        ...say("How many r are in strawberry? Think first."),
        thinking: { type: "enabled", budget_tokens: 1024 },
      },
      judge: ({ content }) =>
        content.some(({ type }) => type === "thinking")
          ? "it shows its thoughts"
          : "it shows no thoughts; that is no fault",
      advice: "Choose a model that reasons, or leave thinking off in Claude Code",
    },
  ];
}

async function run(plan: Plan, program: Program, config: Config): Promise<Probe> {
  const startedAt = performance.now();
  const { name, model } = plan;
  const result = (ok: boolean, detail: string): Probe => ({
    name,
    model,
    ok,
    milliseconds: Math.round(performance.now() - startedAt),
    detail: detail.replaceAll(/\s+/g, " ").slice(0, 160),
    ...(ok ? {} : { advice: plan.advice }),
  });
  try {
    const seen = plan.judge(await ask(plan, program, config));
    return typeof seen === "string" ? result(true, seen) : result(false, seen.message);
  } catch (thrown) {
    return result(false, (thrown as Error).message);
  }
}

/** Goes the way of every request, through all plugins. */
async function ask(plan: Plan, program: Program, config: Config): Promise<Anthropic.Message> {
  const body = { model: publicId(program.provider, plan.model), max_tokens: 2000, ...plan.request };
  const key = config.clientKeys[0]?.key;
  const response = await program.serve(
    new Request("http://127.0.0.1/v1/messages", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(key === undefined ? {} : { "x-api-key": key }),
      },
      body: JSON.stringify(body),
    }),
    { address: "127.0.0.1" },
  );
  const text = await response.text();
  if (!response.ok) throw new Error(messageIn(text));
  return plan.request.stream ? collectText(text) : JSON.parse(text);
}

function messageIn(text: string): string {
  return JSON.parse(text).error.message;
}

/** Only the text of a stream, which is all that its probe looks at. */
function collectText(stream: string): Anthropic.Message {
  const events: Anthropic.Event[] = stream.split("\n").filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)));
  const fault = events.find((event) => event.type === "error");
  if (fault !== undefined) throw new Error(messageIn(JSON.stringify(fault)));
  const pieces = events.filter((event) => event.type === "content_block_delta")
    .flatMap(({ delta }) => delta.type === "text_delta" ? [delta.text] : []);
  const text = `${pieces.length} pieces: ${pieces.join("")}`;
  return { content: [{ type: "text", text }] } as unknown as Anthropic.Message;
}
