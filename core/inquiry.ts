/** Asks the provider; where its refusal teaches something, learns it and asks again, unseen by the client (Q116). */
import { getLogger } from "@logtape/logtape";
import { fitWindow, guard, makeAsk, makeBody } from "./call.ts";
import type { Call, Exchange, Failure, OpenAI } from "./contract.ts";
import { estimateTokens } from "./convert/estimate.ts";
import { readFailure } from "./convert/failure.ts";
import { toApiError } from "./convert/refusal.ts";
import type { ApiError } from "./errors.ts";
import { noteSent } from "./journal.ts";
import { lessonOf } from "./learn/cures.ts";
import type { Lesson } from "./learn/lesson.ts";
import { ask, type Asked } from "./link.ts";
import { type Payload, toPayload } from "./payload.ts";
import type { UpstreamOptions } from "./upstream.ts";

/** What was sent, and what is known of its size. */
export interface Inquiry {
  readonly body: OpenAI.Request;
  readonly payload: Payload;
  /** Tokens of the prompt: counted by length alone, and corrected by what the provider counted before. */
  readonly guess: number;
  readonly inputTokens: number;
}

/** Lessons of one request: each costs another one. What is still refused then is learned by the next. */
const MOST_LESSONS = 5;

/** A lesson taken, and the refusal and the body that taught it. */
interface Trial {
  readonly lesson: Lesson;
  readonly said: string;
  readonly body: OpenAI.Request;
}

/** Asks until the provider takes the request. Throws ApiError for a refusal that cannot be cured. */
export async function inquire(
  call: Call,
  exchange: Exchange,
  options: UpstreamOptions,
): Promise<Inquiry & { readonly link: Asked; readonly answer?: OpenAI.Chunk }> {
  const { lessons, provider } = options;
  const tried: Trial[] = [];
  for (;;) {
    const startedAt = performance.now();
    const inquiry = await prepare(call, tried.map(({ lesson }) => lesson), options);
    const question = makeAsk(call, inquiry.payload.data, exchange, options);
    noteSent(exchange, question, startedAt);
    const link = await ask(question, options);
    const { status, headers, ok } = link.response;
    exchange.journal?.trace?.answered(status, headers);
    if (ok) {
      tell(provider, call.model, tried);
      return { ...inquiry, link };
    }
    const failure = mend(readFailure(status, headers, await link.text()), call, options);
    if (failure.answer !== undefined) return { ...inquiry, link, answer: failure.answer };
    const lesson = tried.length < MOST_LESSONS ? lessonOf(failure, inquiry.body) : undefined;
    const again = tried.some((earlier) => earlier.lesson.says === lesson?.says);
    if (lesson === undefined || again) {
      const helped = helpedUntil(tried, failure);
      for (const useless of tried.slice(helped)) lessons.drop(call.model, useless.lesson);
      tell(provider, call.model, tried.slice(0, helped));
      throw refusal(failure, call, inquiry.inputTokens, options);
    }
    lessons.add(call.model, lesson);
    tried.push({ lesson, said: failure.message, body: inquiry.body });
  }
}

/** How many of the first lessons got somewhere: from the one on that this refusal would teach again, none did. */
function helpedUntil(tried: readonly Trial[], failure: Failure): number {
  const again = tried.findIndex(({ lesson, body }) =>
    lessonOf(failure, body)?.says === lesson.says
  );
  return again < 0 ? tried.length : again;
}

/** A fault that stood in an answer, as the error to throw. */
export function faultIn(
  failure: Failure,
  call: Call,
  used: number,
  options: UpstreamOptions,
): ApiError {
  return refusal(mend(failure, call, options), call, used, options);
}

async function prepare(
  call: Call,
  tried: readonly Lesson[],
  options: UpstreamOptions,
): Promise<Inquiry> {
  const { adapter, meter, lessons } = options;
  const pack = (body: OpenAI.Request) =>
    toPayload(body, guard(options, "wire", () => adapter.wire?.(body, call)));
  const made = lessons.apply(call.model, await makeBody(call, options));
  const whole = pack(made);
  const guess = estimateTokens(made, whole.size);
  const inputTokens = meter.estimate(call.model, guess);
  const fitted = fitWindow(made, inputTokens, call.model, options);
  const body = tried.filter(({ once }) => once)
    .reduce((current, { change }) => change?.(current) ?? current, fitted);
  return { body, payload: body === made ? whole : pack(body), guess, inputTokens };
}

function mend(failure: Failure, call: Call, options: UpstreamOptions): Failure {
  const { adapter, redact } = options;
  const mended = guard(options, "error", () => ({ ...failure, ...adapter.error?.(failure, call) }));
  return { ...mended, message: redact(mended.message) };
}

function refusal(failure: Failure, call: Call, used: number, options: UpstreamOptions): ApiError {
  const { adapter, provider } = options;
  const limit = adapter.facts?.(call.model).context;
  return toApiError(failure, { provider, model: call.model, used, limit });
}

function tell(provider: string, model: string, learned: readonly Trial[]): void {
  for (const { lesson, said } of learned) {
    getLogger(["ccproxy", "learn"]).info(
      '{provider} refused a request for {model}: "{said}" Until it stops, ccproxy {says}. ' +
        "Please report this line, so that the next release knows it.",
      { provider, model, said, says: lesson.says },
    );
  }
}
