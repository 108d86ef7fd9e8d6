/** Clients with habits: most read to the end, some leave, some read slowly, some talk nonsense. */
import { question } from "../faults/stage.ts";

/** Asks once; returns in a few words what came of it. Words that begin with a ! must not happen. */
type Habit = (url: string) => Promise<string>;

/** Each as often as its number says. */
const HABITS: readonly (readonly [number, Habit])[] = [
  [55, async (url) => outcome(await post(url, question(true)))],
  [20, async (url) => outcome(await post(url, question(false)))],
  [4, async (url) => outcome(await post(url, LARGE))],
  [8, leaves],
  [6, readsSlowly],
  [3, async (url) => outcome(await post(url, question(true).slice(0, -9)))],
  [2, async (url) => outcome(await post(url, LARGE, "/v1/messages/count_tokens"))],
  [2, async (url) => (await finish(await fetch(`${url}/health`))) ? "health" : "!no health"],
];

const LARGE = question(true).replace(
  '"Hi"',
  JSON.stringify("The quick brown fox. ".repeat(20_000)),
);

/** Asks again and again until `end` (as Date.now()), with short pauses; `note` hears of each outcome. */
export async function runClient(url: string, end: number, note: (outcome: string) => void) {
  while (Date.now() < end) {
    note(
      await draw()(url).catch((thrown) => `!the connection failed: ${(thrown as Error).message}`),
    );
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 200));
  }
}

function draw(): Habit {
  let left = Math.random() * HABITS.reduce((sum, [often]) => sum + often, 0);
  return (HABITS.find(([often]) => (left -= often) < 0) ?? HABITS[0]!)[1];
}

function post(url: string, body: string, path = "/v1/messages", signal?: AbortSignal) {
  const headers = { "content-type": "application/json" };
  return fetch(`${url}${path}`, { method: "POST", headers, body, signal: signal ?? null });
}

async function leaves(url: string): Promise<string> {
  const leave = new AbortController();
  const timer = setTimeout(() => leave.abort(), Math.random() * 300);
  try {
    await (await post(url, question(true), undefined, leave.signal)).text();
    return "answered before we left";
  } catch {
    return "we left";
  } finally {
    clearTimeout(timer);
  }
}

async function readsSlowly(url: string): Promise<string> {
  const response = await post(url, question(true));
  let text = "";
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return judge(response, text);
}

async function outcome(response: Response): Promise<string> {
  return judge(response, await response.text());
}

async function finish(response: Response): Promise<boolean> {
  await response.text();
  return response.ok;
}

/** An answer is whole, or says what failed. */
function judge({ status, headers }: Response, text: string): string {
  if (status !== 200) {
    return JSON.parse(text).error?.type ? `HTTP ${status}` : `!HTTP ${status} without an error`;
  }
  if (!headers.get("content-type")?.startsWith("text/event-stream")) return "answered whole";
  if (text.includes("event: message_stop")) return "answered as a stream";
  const type = /event: error\ndata: \{"type":"error","error":\{"type":"(\w+)"/.exec(text)?.[1];
  return type === undefined ? "!a stream that just ended" : `error event: ${type}`;
}
