/** A small model that speaks chat completions: enough to show a whole conversation with tools. */

interface DemoMessage {
  readonly role: string;
  readonly content?: unknown;
}

interface DemoRequest {
  readonly model: string;
  readonly messages: readonly DemoMessage[];
  readonly stream?: boolean;
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly response_format?: unknown;
}

export interface DemoModel {
  readonly baseUrl: string;
  stop(): Promise<void>;
}

/** Starts it on a free loopback port. `sent` sees each frame it streams. */
export function startDemoModel(sent: (frame: string) => void = () => {}): DemoModel {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if (new URL(request.url).pathname !== "/v1/chat/completions") {
        return Response.json({ error: { message: "Not found" } }, { status: 404 });
      }
      const body: DemoRequest = await request.json();
      const answer = think(body);
      return body.stream ? streamed(answer, body.model, sent) : whole(answer, body.model);
    },
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    stop: () => server.shutdown(),
  };
}

interface Answer {
  readonly reasoning?: string;
  readonly text: string;
  readonly command?: string;
  readonly promptTokens: number;
}

/** Asked to run or list something it calls Bash; given a result it repeats it; otherwise it says what it is. */
function think({ messages, tools, response_format }: DemoRequest): Answer {
  const promptTokens = Math.ceil(JSON.stringify(messages).length / 4);
  if (response_format !== undefined) return { text: '{"title":"Demo conversation"}', promptTokens };
  const last = messages.findLast((message) => wishOf(message) !== "");
  const wish = last === undefined ? "" : wishOf(last);
  if (last?.role === "tool") return { text: `The command printed:\n${wish}`, promptTokens };
  const hasBash = tools?.some((tool) => tool.function.name === "Bash") ?? false;
  const command = commandFor(wish);
  if (hasBash && command !== undefined) {
    const reasoning = `The user wants me to run "${command}".`;
    return { reasoning, text: "I will look.", command, promptTokens };
  }
  return {
    text:
      "I am the demo model of ccproxy. Ask me to list the files, or to run a command in `back ticks`.",
    promptTokens,
  };
}

/** What a user or a tool said, without what the client adds on its own. */
function wishOf({ role, content }: DemoMessage): string {
  if (role !== "user" && role !== "tool") return "";
  return textOf(content).replaceAll(/<system-reminder>.*?<\/system-reminder>/gs, "").trim();
}

function commandFor(wish: string): string | undefined {
  const quoted = /`([^`]+)`/.exec(wish)?.[1];
  if (quoted !== undefined) return quoted;
  const named = /\brun\s+(?:the command\s+)?([^\n.]+)/i.exec(wish)?.[1];
  if (named !== undefined) return named.trim();
  return /\b(?:list|files|folder|directory)\b/i.test(wish) ? "ls" : undefined;
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: string }) => part.text ?? "").join("\n");
}

function toolCall(command: string) {
  const id = `call_${crypto.randomUUID().slice(0, 8)}`;
  return {
    index: 0,
    id,
    type: "function",
    function: { name: "Bash", arguments: JSON.stringify({ command }) },
  };
}

function usageOf({ promptTokens, text, command }: Answer) {
  const completion = Math.ceil((text.length + (command?.length ?? 0)) / 4);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completion,
    total_tokens: promptTokens + completion,
  };
}

function whole(answer: Answer, model: string): Response {
  const { text, reasoning, command } = answer;
  const message = {
    role: "assistant",
    content: text,
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(command ? { tool_calls: [toolCall(command)] } : {}),
  };
  const choice = { index: 0, message, finish_reason: command ? "tool_calls" : "stop" };
  return Response.json({
    id: "demo",
    object: "chat.completion",
    model,
    choices: [choice],
    usage: usageOf(answer),
  });
}

function streamed(answer: Answer, model: string, sent: (frame: string) => void): Response {
  const { text, reasoning, command } = answer;
  const deltas: Record<string, unknown>[] = [
    { role: "assistant", content: "" },
    ...(reasoning ? [{ reasoning_content: reasoning }] : []),
    ...text.split(/(?<= )/).map((content) => ({ content })),
    ...(command ? callDeltas(command) : []),
  ];
  const base = { id: "demo", object: "chat.completion.chunk", model };
  const frames = [
    ...deltas.map((delta) => ({ ...base, choices: [{ index: 0, delta, finish_reason: null }] })),
    { ...base, choices: [{ index: 0, delta: {}, finish_reason: command ? "tool_calls" : "stop" }] },
    { ...base, choices: [], usage: usageOf(answer) },
  ].map((frame) => JSON.stringify(frame));
  const body = ReadableStream.from([...frames, "[DONE]"]).pipeThrough(
    new TransformStream<string, Uint8Array>({
      transform(frame, controller) {
        sent(frame);
        controller.enqueue(new TextEncoder().encode(`data: ${frame}\n\n`));
      },
    }),
  );
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** The arguments in two pieces, as models send them. */
function callDeltas(command: string) {
  const { function: { arguments: json, name }, ...call } = toolCall(command);
  const half = Math.ceil(json.length / 2);
  return [
    { tool_calls: [{ ...call, function: { name, arguments: "" } }] },
    { tool_calls: [{ index: 0, function: { arguments: json.slice(0, half) } }] },
    { tool_calls: [{ index: 0, function: { arguments: json.slice(half) } }] },
  ];
}
