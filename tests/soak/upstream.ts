/** An upstream with moods: mostly it answers, sometimes it fails in one of the ways that providers do. */
import { chunk, FRAMES, says } from "../faults/stage.ts";

const encoder = new TextEncoder();

const SSE = { "content-type": "text/event-stream" };

type Mood = (stream: boolean) => Response;

/** Each as often as its number says. */
const MOODS: readonly (readonly [number, string, Mood])[] = [
  [50, "answers", (stream) => stream ? streamed(FRAMES) : whole("I will look.")],
  [12, "answers slowly", (stream) => stream ? streamed(FRAMES, 20) : whole("I will look.")],
  [8, "answers at length", (stream) => stream ? streamed(LONG) : whole("x".repeat(200_000))],
  [4, "says nothing at all", (stream) => stream ? streamed([END, DONE]) : whole("")],
  [4, "refuses with 429", () => refusal(429, { "retry-after": "1" })],
  [4, "refuses with 500", () => refusal(500)],
  [3, "refuses with 400", () => refusal(400)],
  [
    3,
    "sends a web page",
    () => new Response("<title>Bad gateway</title>", { headers: { "content-type": "text/html" } }),
  ],
  [4, "breaks off in mid-stream", () => broken(FRAMES.slice(0, 6))],
  [2, "breaks off at once", () => broken([])],
  [2, "sends an error in mid-stream", () => streamed([...FRAMES.slice(0, 4), FAULT])],
  [2, "sends garbage", () => streamed([FRAMES[1]!, "data: {{{\n\n"])],
  [2, "falls silent", () => silent(FRAMES.slice(0, 3))],
];

const DONE = "data: [DONE]\n\n";
const END = says("", "stop");
const LONG = [...Array.from({ length: 2_000 }, (_, index) => says(`word ${index} `)), END, DONE];
const FAULT = chunk({ error: { message: "The worker died" } });

export interface MoodyUpstream extends AsyncDisposable {
  readonly baseUrl: string;
  /** How often it was in each mood. */
  readonly moods: ReadonlyMap<string, number>;
}

export function startMoodyUpstream(): MoodyUpstream {
  const moods = new Map<string, number>();
  const stop = new AbortController();
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
      signal: stop.signal,
      onError: () => new Response(null),
    },
    async (request) => {
      const { stream = false } = await request.json();
      const [, name, mood] = draw();
      moods.set(name, (moods.get(name) ?? 0) + 1);
      return mood(stream);
    },
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    moods,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.finished;
    },
  };
}

function draw() {
  let left = Math.random() * MOODS.reduce((sum, [often]) => sum + often, 0);
  return MOODS.find(([often]) => (left -= often) < 0) ?? MOODS[0]!;
}

function whole(content: string): Response {
  const choice = { index: 0, message: { role: "assistant", content }, finish_reason: "stop" };
  return Response.json({ choices: [choice], usage: { prompt_tokens: 9, completion_tokens: 7 } });
}

function refusal(status: number, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { message: `Refused with ${status}` } }, { status, headers });
}

/** `gap`: milliseconds between two frames. */
function streamed(frames: readonly string[], gap = 0): Response {
  return new Response(bodyOf(frames, gap, (controller) => controller.close()), { headers: SSE });
}

function broken(frames: readonly string[]): Response {
  const body = bodyOf(frames, 0, (controller) => controller.error(new Error("on purpose")));
  return new Response(body, { headers: SSE });
}

function silent(frames: readonly string[]): Response {
  return new Response(bodyOf(frames, 0, () => new Promise(() => {})), { headers: SSE });
}

function bodyOf(
  frames: readonly string[],
  gap: number,
  end: (controller: ReadableStreamDefaultController<Uint8Array>) => unknown,
): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (gap > 0) await new Promise((resolve) => setTimeout(resolve, gap));
      const frame = frames[next++];
      if (frame === undefined) await end(controller);
      else controller.enqueue(encoder.encode(frame));
    },
  });
}
