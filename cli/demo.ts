import { assemble, type Parts } from "../core/assemble.ts";
import { ConfigError, parseConfig } from "../core/config.ts";
import { startDemoModel } from "./demo_model.ts";
import { configureLogs } from "./logs.ts";
import { listen } from "./listen.ts";
import { connectLine } from "./start.ts";

export interface DemoOptions {
  readonly port: string;
  readonly once?: boolean;
}

const COLUMN = 74;

const QUESTION = {
  model: "claude-opus-5-5",
  max_tokens: 1000,
  stream: true,
  messages: [{ role: "user", content: "List the files here." }],
  tools: [{
    name: "Bash",
    description: "Runs a command",
    input_schema: {
      type: "object",
      properties: { command: { type: "string" } },
      required: ["command"],
    },
  }],
};

/** Shows one request with a tool call going through, then goes on serving. */
export async function demo({ port, once = false }: DemoOptions, parts: Parts): Promise<void> {
  const frames: string[] = [];
  const model = startDemoModel((frame) => frames.push(frame));
  const config = parseConfig({
    HOST: "127.0.0.1",
    PORT: port,
    OPENAI_BASE_URL: model.baseUrl,
    BIG_MODEL: "demo-big",
    SMALL_MODEL: "demo-small",
    LOG_LEVEL: once ? "WARNING" : "INFO",
  });
  configureLogs({ level: config.logLevel });
  const running = listen(assemble(config, parts), config);
  const response = await fetch(`http://127.0.0.1:${running.port}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify(QUESTION),
  });
  if (!response.ok) throw new ConfigError(`The demo failed: ${await response.text()}`);
  const events = (await response.text()).split("\n").filter((line) => line.startsWith("data: "))
    .map((line) => line.slice("data: ".length));
  console.log(`Claude Code asks: ${QUESTION.messages[0]?.content}\n`);
  console.log(sideBySide("The model says (OpenAI)", "Claude Code hears (Anthropic)"));
  console.log(sideBySide("-".repeat(COLUMN), "-".repeat(COLUMN)));
  for (let row = 0; row < Math.max(frames.length, events.length); row++) {
    console.log(sideBySide(shorten(frames[row]), shorten(events[row])));
  }
  if (once) {
    await running.stop();
    await model.stop();
    return;
  }
  console.log(
    `\nccproxy serves the demo model on http://127.0.0.1:${running.port}. Ctrl+C ends it.`,
  );
  console.log(connectLine(`http://127.0.0.1:${running.port}`, "any"));
}

/** The part of a frame that differs from its neighbours. */
function shorten(frame: string | undefined): string {
  if (frame === undefined) return "";
  return frame.replace(/^\{"id":"demo","object":"[a-z.]+","model":"[^"]+",/, "{");
}

function sideBySide(left: string, right: string): string {
  return `${fit(left).padEnd(COLUMN)}  ${fit(right)}`.trimEnd();
}

function fit(text: string): string {
  return text.length <= COLUMN ? text : `${text.slice(0, COLUMN - 3)}...`;
}
