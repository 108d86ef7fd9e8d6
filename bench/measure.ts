/** Runs the loads against the subjects in interleaved rounds, so that a slow minute of the machine meets all alike. */
import { once, openStream, run } from "./client.ts";
import { type LoadCase, PACED } from "./loads.ts";
import type { Subject } from "./processes.ts";
import { WORD } from "./answers.ts";
import { median, quantile } from "./statistics.ts";

export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: readonly number[];
  /** Connection counts of the curve. */
  readonly curve: readonly number[];
  readonly openStreams: number;
  readonly holdSeconds: number;
}

/** One subject under one load in one round. Times are milliseconds, CPU is microseconds of the measured process. */
export interface Figures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly firstByte: number;
  readonly worstGap: number;
  readonly cpuPerRequest: number;
}

export interface Measured {
  readonly load: string;
  readonly deltas: number;
  readonly connections: number;
  readonly subject: string;
  readonly rounds: readonly Figures[];
}

/** Every subject under every load, for each number of connections. */
export async function measureAll(
  subjects: readonly Subject[],
  loads: readonly LoadCase[],
  { rounds, seconds, connections }: Plan,
): Promise<Measured[]> {
  const cases = loads.flatMap((load) =>
    connections.flatMap((count) =>
      subjects.map((subject) => ({ load, count, subject, figures: [] as Figures[] }))
    )
  );
  for (const { load, count, subject } of cases) {
    await run(subject, { body: load.body, connections: count, seconds: seconds / 3 });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { load, count, subject, figures } of cases) {
      figures.push(await measureOne(subject, load.body, { connections: count, seconds }));
    }
  }
  return cases.map(({ load, count, subject, figures }) => ({
    load: load.name,
    deltas: load.deltas,
    connections: count,
    subject: subject.name,
    rounds: figures,
  }));
}

async function measureOne(
  subject: Subject,
  body: string,
  load: { connections: number; seconds: number },
): Promise<Figures> {
  const before = subject.cpu() ?? NaN;
  const { seconds, latencies, firstBytes, worstGaps } = await run(subject, { body, ...load });
  return {
    perSecond: latencies.length / seconds,
    p50: median(latencies),
    p99: quantile(latencies, 0.99),
    firstByte: median(firstBytes),
    worstGap: quantile(worstGaps, 0.99),
    cpuPerRequest: ((subject.cpu() ?? NaN) - before) / latencies.length,
  };
}

export interface CurvePoint {
  readonly connections: number;
  readonly perSecond: number;
}

/** Requests per second against the number of connections. */
export async function measureCurve(
  subject: Subject,
  load: LoadCase,
  { curve, seconds }: Plan,
): Promise<CurvePoint[]> {
  const points: CurvePoint[] = [];
  for (const connections of curve) {
    const { perSecond } = await measureOne(subject, load.body, { connections, seconds });
    points.push({ connections, perSecond });
  }
  return points;
}

export interface Held {
  readonly subject: string;
  readonly streams: number;
  /** MiB. */
  readonly atRest: number;
  readonly open: number;
  readonly after: number;
  /** Milliseconds between two reads of one stream, where the upstream sends every 50. */
  readonly worstGap: number;
  /** Microseconds, at the pace of a model. */
  readonly cpuPerDelta: number;
}

const DELTAS_PER_SECOND = 20;

/** Many streams open at once, each as fast as a model speaks. */
export async function measureHeld(
  subject: Subject,
  { openStreams, holdSeconds }: Plan,
): Promise<Held> {
  const atRest = subject.rss() ?? NaN;
  const streams = await Promise.all(
    Array.from({ length: openStreams }, () => openStream(subject, PACED)),
  );
  await wait(1);
  for (const stream of streams) stream.worstGap();
  const before = subject.cpu() ?? NaN;
  await wait(holdSeconds);
  const used = (subject.cpu() ?? NaN) - before;
  const open = subject.rss() ?? NaN;
  const worstGap = Math.max(...streams.map((stream) => stream.worstGap()));
  for (const stream of streams) stream[Symbol.dispose]();
  await wait(1);
  const cpuPerDelta = used / (openStreams * DELTAS_PER_SECOND * holdSeconds);
  const after = subject.rss() ?? NaN;
  return {
    subject: subject.name,
    streams: openStreams,
    atRest,
    open,
    after,
    worstGap,
    cpuPerDelta,
  };
}

/** Throws where a subject does not answer with every word. */
export async function checkAnswers(subject: Subject, loads: readonly LoadCase[]): Promise<void> {
  for (const load of loads) {
    const wanted = load.deltas || 50;
    const found = (await once(subject, load.body)).split(WORD.trim()).length - 1;
    if (found !== wanted) {
      throw new Error(`${subject.name} answered "${load.name}" with ${found} words, not ${wanted}`);
    }
  }
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
