/** A provider on a loopback port: refuses what the real one refuses, and answers in its dialect. */
import type { OpenAI } from "../../core/mod.ts";
import {
  completionOf,
  type Dialect,
  type Fields,
  framesOf,
  type Rule,
  type SpokenTurn,
  type Turn,
} from "./dialect.ts";
import { checkStrict } from "./strict_openai.ts";

/** An answer that is no turn: an error, or frames as they are (a string is written raw). */
export type Script =
  | Turn
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
  | { readonly frames: readonly (Fields | string)[] };

export interface Simulator extends AsyncDisposable {
  readonly baseUrl: string;
  /** The bodies it was sent, oldest first, as chat completions say them. */
  readonly bodies: readonly OpenAI.Request[];
  /** The same as they came over the wire. */
  readonly wired: readonly unknown[];
  readonly urls: readonly URL[];
  readonly headers: readonly Headers[];
  /** What it refused, in its own words. */
  readonly refusals: readonly string[];
  /** What it says next; the last one again and again. A function sees the body. */
  script(...answers: readonly (Script | ((body: OpenAI.Request) => Script))[]): void;
  /** Its own turn that made this call. */
  turnOf(callId: string): SpokenTurn | undefined;
}

export function startSimulator(dialect: Dialect = {}): Simulator {
  const bodies: OpenAI.Request[] = [];
  const wired: unknown[] = [];
  const urls: URL[] = [];
  const headers: Headers[] = [];
  const refusals: string[] = [];
  const turns = new Map<string, SpokenTurn>();
  let answers: (Script | ((body: OpenAI.Request) => Script))[] = [{ text: "Hello." }];
  let callCount = 0;
  const rules = [...dialect.refuses ?? [], strict(dialect)];
  const turnOf = (id: string) => turns.get(id);

  function speak(turn: Turn): SpokenTurn {
    const calls = (turn.calls ?? []).map((call, position) => ({
      ...call,
      id: call.id ?? dialect.callId?.(call.name, position) ??
        `call_${String(++callCount).padStart(8, "0")}`,
    }));
    const finish = turn.finish ?? (calls.length > 0 ? "tool_calls" : "stop");
    const spoken = { ...turn, calls, finish };
    for (const call of calls) turns.set(call.id, spoken);
    return spoken;
  }

  function refuse(wording: string): Response {
    refusals.push(wording);
    const { status, body } = dialect.refusal?.(wording) ?? plainRefusal(wording);
    return Response.json(body, { status });
  }

  async function answer(request: Request): Promise<Response> {
    const sent = await request.json();
    const url = new URL(request.url);
    wired.push(sent);
    urls.push(url);
    headers.push(request.headers);
    const wire = dialect.wire && url.pathname.endsWith(dialect.wire.path)
      ? dialect.wire
      : undefined;
    let body: OpenAI.Request;
    try {
      body = wire?.read(sent) ?? sent;
    } catch (thrown) {
      return refuse((thrown as Error).message);
    }
    bodies.push(body);
    for (const rule of rules) {
      const wording = rule(body, { url, headers: request.headers, turnOf });
      if (wording !== undefined) return refuse(wording);
    }
    const next = answers.length > 1 ? answers.shift() : answers[0];
    const script = typeof next === "function" ? next(body) : next ?? {};
    if ("status" in script) return failure(script);
    if ("frames" in script) return stream(script.frames);
    const turn = speak(script);
    if (wire !== undefined) {
      return body.stream
        ? stream(wire.frames(turn, body.model))
        : Response.json(wire.whole(turn, body.model));
    }
    return body.stream
      ? stream([...framesOf(turn, body.model, dialect), "data: [DONE]\n\n"])
      : Response.json(completionOf(turn, body.model, dialect));
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    bodies,
    wired,
    urls,
    headers,
    refusals,
    script: (...next) => {
      answers = [...next];
    },
    turnOf,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Fields of OpenAI's own that most take. */
const COMMON = ["reasoning_effort", "prompt_cache_key"];

function strict({ knows = {} }: Dialect): Rule {
  const known = { ...knows, body: [...COMMON, ...knows.body ?? []] };
  return (body) => {
    try {
      checkStrict(body, known);
      return undefined;
    } catch (thrown) {
      return (thrown as Error).message;
    }
  };
}

function plainRefusal(message: string) {
  return { status: 400, body: { error: { message, type: "invalid_request_error", code: null } } };
}

function failure({ status, body, headers = {} }: Extract<Script, { status: number }>): Response {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html" : "application/json";
  return new Response(text, { status, headers: { "content-type": type, ...headers } });
}

/** Cut into pieces of a prime length, so that frames and characters are split. */
function stream(frames: readonly (Fields | string)[]): Response {
  const text = frames
    .map((frame) => typeof frame === "string" ? frame : `data: ${JSON.stringify(frame)}\n\n`)
    .join("");
  const bytes = new TextEncoder().encode(text);
  let sent = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (sent >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(sent, sent + 211));
      sent += 211;
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
