/** The figures as tables, and what they say about the targets. */
import type { Figures, Held, Measured } from "./measure.ts";
import { median, type Ratio, ratioOf } from "./statistics.ts";

export interface Results {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly whole: readonly Measured[];
  readonly streams: readonly Measured[];
  readonly held: readonly Held[];
  readonly curves: Readonly<
    Record<string, readonly { readonly connections: number; readonly perSecond: number }[]>
  >;
  /** How often ccproxy connected to the upstream, for how many requests. */
  readonly sockets: { readonly opened: number; readonly requests: number };
}

export interface Target {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

const LIMIT = "pass-through";
const FLOOR = "floor";
const OURS = "ccproxy";

export function toTables({ whole, streams, held, sockets }: Results): string {
  return [
    table(
      ["question", "conn.", "who", "req/s", "p50 ms", "p99 ms", "CPU us/req", `req/s : ${LIMIT}`],
      whole.map((row) => [
        row.load,
        row.connections,
        row.subject,
        Math.round(middle(row, "perSecond")),
        fixed(middle(row, "p50"), 2),
        fixed(middle(row, "p99"), 2),
        Math.round(middle(row, "cpuPerRequest")),
        ratioCell(row, find(whole, row, LIMIT), ({ perSecond }) => perSecond),
      ]),
    ),
    table(
      [
        "stream",
        "conn.",
        "who",
        "deltas/s",
        "first byte ms",
        "worst gap ms",
        "CPU us/delta",
        `deltas per CPU second : ${FLOOR}`,
      ],
      streams.map((row) => [
        row.load,
        row.connections,
        row.subject,
        Math.round(middle(row, "perSecond") * row.deltas),
        fixed(middle(row, "firstByte"), 2),
        fixed(middle(row, "worstGap"), 2),
        fixed(middle(row, "cpuPerRequest") / row.deltas, 2),
        ratioCell(row, find(streams, row, FLOOR), ({ cpuPerRequest }) => 1 / cpuPerRequest),
      ]),
    ),
    table(
      [
        "who",
        "open streams",
        "RSS at rest MiB",
        "open MiB",
        "closed MiB",
        "worst gap ms (50 sent)",
        "CPU us/delta",
      ],
      held.map((row) => [
        row.subject,
        row.streams,
        Math.round(row.atRest),
        Math.round(row.open),
        Math.round(row.after),
        Math.round(row.worstGap),
        fixed(row.cpuPerDelta, 1),
      ]),
    ),
    `Connections that ${OURS} opened to the upstream: ${sockets.opened} for ${sockets.requests} requests.`,
  ].join("\n\n");
}

export function toTargetTable(targets: readonly Target[]): string {
  return table(
    ["what", "target", "measured", "met"],
    targets.map(({ what, target, measured, met }) => [what, target, measured, met ? "yes" : "no"]),
  );
}

/** What the project has promised itself, and what this run says. */
export function judge({ whole, streams, held }: Results): Target[] {
  const rest = held.find(({ subject }) => subject === OURS);
  return [
    ...["small", "50 KB"].map((load) => {
      const ratio = wholeRatio(whole, load);
      return atLeast(`whole answers, ${load}: req/s : ${LIMIT}`, 0.5, ratio);
    }),
    ...["2000 deltas, 1 a chunk", "2000 deltas, 20 a chunk"].map((load) => {
      const ours = pick(streams, load, 16, OURS);
      const floor = pick(streams, load, 16, FLOOR);
      const ratio = ratioOf(perCpu(ours), perCpu(floor));
      return atLeast(`${load}: deltas per CPU second : ${FLOOR}`, 0.6, ratio);
    }),
    below("added p50, small, ms", 0.5, added(whole, "small", "p50")),
    below("added p50, 50 KB, ms", 2, added(whole, "50 KB", "p50")),
    below("added time to first byte, ms", 1, added(streams, "200 deltas, 1 a chunk", "firstByte")),
    below("RSS at rest, MiB", 90, rest?.atRest ?? NaN),
    below(`RSS with ${rest?.streams} open streams, MiB`, 120, rest?.open ?? NaN),
    ...[1, 20].map((perChunk) => {
      const long = pick(streams, `2000 deltas, ${perChunk} a chunk`, 16, OURS);
      const short = pick(streams, `200 deltas, ${perChunk} a chunk`, 16, OURS);
      const ratio = middle(long, "cpuPerRequest") / middle(short, "cpuPerRequest") / 10;
      return below(`CPU of 2,000 deltas : 10 x 200, ${perChunk} a chunk`, 1.15, ratio);
    }),
  ];
}

function wholeRatio(whole: readonly Measured[], load: string): Ratio {
  const rates = (subject: string) =>
    pick(whole, load, 16, subject).rounds.map(({ perSecond }) => perSecond);
  return ratioOf(rates(OURS), rates(LIMIT));
}

/** What we add to an answer without anybody in between, one request at a time. */
function added(rows: readonly Measured[], load: string, figure: keyof Figures): number {
  return middle(pick(rows, load, 1, OURS), figure) - middle(pick(rows, load, 1, "direct"), figure);
}

function perCpu({ rounds }: Measured): number[] {
  return rounds.map(({ cpuPerRequest }) => 1 / cpuPerRequest);
}

function atLeast(what: string, wanted: number, ratio: Ratio): Target {
  const measured = spread(ratio);
  return { what, target: `>= ${fixed(wanted, 2)}`, measured, met: ratio.median >= wanted };
}

function below(what: string, wanted: number, value: number): Target {
  return { what, target: `< ${wanted}`, measured: fixed(value, 2), met: value < wanted };
}

function pick(rows: readonly Measured[], load: string, connections: number, subject: string) {
  const most = Math.max(...rows.map((row) => row.connections));
  const wanted = Math.min(connections, most);
  const found = rows.find((row) =>
    row.load === load && row.connections === wanted && row.subject === subject
  );
  if (found === undefined) throw new Error(`No figures for ${subject}, ${load}, ${connections}`);
  return found;
}

function find(rows: readonly Measured[], like: Measured, subject: string): Measured {
  return pick(rows, like.load, like.connections, subject);
}

function middle({ rounds }: Measured, figure: keyof Figures): number {
  return median(rounds.map((round) => round[figure]));
}

function ratioCell(row: Measured, other: Measured, value: (figures: Figures) => number): string {
  if (row === other) return "1";
  return spread(ratioOf(row.rounds.map(value), other.rounds.map(value)));
}

function spread({ median, least, most }: Ratio): string {
  if (Number.isNaN(median)) return "";
  return `${fixed(median, 2)} (${fixed(least, 2)} to ${fixed(most, 2)})`;
}

function fixed(value: number, digits: number): string {
  return Number.isNaN(value) ? "" : value.toFixed(digits);
}

/** Markdown, aligned so that it can be read as it is. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) =>
    row.map((cell) => typeof cell === "number" && Number.isNaN(cell) ? "" : String(cell))
  );
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [first = [], ...rest] = cells;
  return [line(first), line(widths.map((width) => "-".repeat(width))), ...rest.map(line)].join(
    "\n",
  );
}
