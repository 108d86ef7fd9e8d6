/** The hot path piece by piece, so that a regression has an address. `deno bench bench/micro_bench.ts` */
import { toPayload } from "../core/payload.ts";
import { EventWriter } from "../core/convert/events.ts";
import { toChunk } from "../core/convert/chunk.ts";
import { estimateTokens } from "../core/convert/estimate.ts";
import { ToolNames } from "../core/convert/names.ts";
import { convertRequest } from "../core/convert/request.ts";
import type { Request } from "../core/protocol/anthropic.ts";
import { parseRequest } from "../core/schema.ts";
import { encodeEvents, FrameReader } from "../core/stream/sse.ts";
import { WHOLE } from "./loads.ts";
import { answerOf } from "./answers.ts";

const OPTIONS = {
  model: "bench",
  provider: "generic",
  vision: true,
  files: false,
  documents: new Map<string, string>(),
};

for (const { name, body } of WHOLE) {
  const group = `a request of ${name}`;
  const request: Request = JSON.parse(body);
  const converted = convertRequest(request, OPTIONS);
  const text = toPayload(converted).data as string;
  Deno.bench("parse its JSON", { group, baseline: true }, () => void JSON.parse(body));
  Deno.bench("validate it", { group }, () => void parseRequest(request));
  Deno.bench("convert it", { group }, () => void convertRequest(request, OPTIONS));
  Deno.bench("write its JSON", { group }, () => void toPayload(converted));
  Deno.bench("guess its tokens", { group }, () => void estimateTokens(converted, text.length));
}

const wire = new TextDecoder().decode(answerOf("stream-1-1"));
const frame = /^data: (\{.*\})$/m.exec(wire)?.[1] ?? "";
const parsed: unknown = JSON.parse(frame);
const writer = newWriter();
writer.write(toChunk(parsed, false));
const delta = writer.write(toChunk(parsed, true));
const deltas = Array.from({ length: 20 }, () => delta).flat();

const group = "a delta";
Deno.bench("parse its JSON", { group, baseline: true }, () => void JSON.parse(frame));
Deno.bench("read it as a chunk", { group }, () => void toChunk(parsed, true));
Deno.bench("make its events", { group }, () => void writer.write(toChunk(parsed, true)));
Deno.bench("encode its event", { group }, () => void encodeEvents(delta));
Deno.bench("encode twenty", { group }, () => void encodeEvents(deltas));
Deno.bench("read 2,000 frames", { group }, async () => {
  const bytes = new TextEncoder().encode(`data: ${frame}\n\n`.repeat(2000));
  const frames = new FrameReader(new Response(bytes).body!);
  while (await frames.next() !== undefined);
});

function newWriter(): EventWriter {
  return new EventWriter({
    model: "bench",
    provider: "generic",
    names: new ToolNames([]),
    takenIds: new Set(),
    hideThinking: false,
    stopSequences: [],
    inputTokens: 1,
  });
}
