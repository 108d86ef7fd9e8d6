/** What the fake upstream answers, as bytes ready for the wire. */

const encoder = new TextEncoder();

/** One delta's text; with its frame 250 to 270 bytes, as OpenAI's are. */
export const WORD = " measured";

const FRAME = {
  id: "chatcmpl-BenchBenchBenchBenchBenchBen",
  object: "chat.completion.chunk",
  created: 1_790_000_000,
  model: "bench-model-2026-08-01",
  service_tier: "default",
  system_fingerprint: "fp_0123456789",
};

const USAGE = { prompt_tokens: 12_000, completion_tokens: 200, total_tokens: 12_200 };

/** `whole`, or `stream-D-C`: D deltas, C of them in each HTTP chunk. */
export function answerOf(model: string): Uint8Array {
  const [kind, deltas, perChunk] = model.split("-");
  if (kind !== "stream") return whole();
  return stream(Number(deltas), Number(perChunk));
}

export function isPaced(model: string): boolean {
  return model === "paced";
}

export function pacedHead(): Uint8Array {
  return encoder.encode(STREAM_HEAD);
}

export function pacedDelta(): Uint8Array {
  return encoder.encode(httpChunk(frame({ content: WORD }, null)));
}

const STREAM_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n" +
  "transfer-encoding: chunked\r\n\r\n";

function whole(): Uint8Array {
  const message = { role: "assistant", content: WORD.repeat(50), refusal: null };
  const text = JSON.stringify({
    ...FRAME,
    object: "chat.completion",
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage: USAGE,
  });
  return encoder.encode(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  );
}

/** All in one buffer: where a chunk ends is what the reader sees, not where a write ended. */
function stream(deltas: number, perChunk: number): Uint8Array {
  const frames = Array.from({ length: deltas }, () => frame({ content: WORD }, null));
  const chunks: string[] = [];
  for (let first = 0; first < deltas; first += perChunk) {
    chunks.push(httpChunk(frames.slice(first, first + perChunk).join("")));
  }
  const end = frame({}, "stop") +
    `data: ${JSON.stringify({ ...FRAME, choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`;
  return encoder.encode(`${STREAM_HEAD}${chunks.join("")}${httpChunk(end)}0\r\n\r\n`);
}

function frame(delta: object, finish_reason: string | null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason }];
  return `data: ${JSON.stringify({ ...FRAME, choices })}\n\n`;
}

function httpChunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}
