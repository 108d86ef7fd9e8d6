/** An MCP server on standard input and output with one tool, whose name is too long for an OpenAI function. */
import { pixel } from "./files.ts";

export const TOOL = "paint_a_picture_of_whatever_the_caller_describes_in_plain_words";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly arguments?: { readonly what?: string } };
}

const RESULTS: Readonly<Record<string, (message: Message) => unknown>> = {
  initialize: () => ({
    protocolVersion: "2025-06-18",
    capabilities: { tools: {} },
    serverInfo: { name: "painter", version: "1.0.0" },
  }),
  "tools/list": () => ({
    tools: [{
      name: TOOL,
      description: "Paints a picture",
      inputSchema: {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object",
        properties: { what: { $ref: "#/$defs/what" } },
        required: ["what"],
        $defs: { what: { type: "string" } },
      },
    }],
  }),
  "tools/call": ({ params }) => ({
    content: [
      { type: "text", text: `Painted ${params?.arguments?.what}` },
      { type: "image", mimeType: "image/png", data: btoa(String.fromCharCode(...pixel())) },
    ],
  }),
};

if (import.meta.main) await serve();

async function serve(): Promise<void> {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((line) => line.trim() !== "")) answer(JSON.parse(line));
  }
}

function answer(message: Message): void {
  const { id, method = "" } = message;
  if (id === undefined) return;
  const result = RESULTS[method]?.(message) ?? {};
  console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
}
