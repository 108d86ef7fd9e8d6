/**
 * What ccproxy costs, beside the limits of the runtime it runs on. `deno task bench [--short] [--workers N] [--peer URL]
 * [--json FILE] [--svg FILE]`
 *
 * A peer on this machine is started beforehand, with the upstream http://127.0.0.1:N of `--upstream-port N`. It is asked at
 * the path of its URL (default /v1/messages) and must pass the names of models on; `--peer-prefix` stands before them.
 */
import { cpus, release } from "node:os";
import { parseArgs } from "node:util";
import { run } from "./client.ts";
import { STREAMS, WHOLE } from "./loads.ts";
import { checkAnswers, measureAll, measureCurve, measureHeld, type Plan } from "./measure.ts";
import { toSvg } from "./plot.ts";
import {
  peerAt,
  startCcproxy,
  startLimit,
  startUpstream,
  type Subject,
  urlOf,
} from "./processes.ts";
import { judge, type Results, toTables, toTargetTable } from "./report.ts";

const FULL: Plan = {
  rounds: 5,
  seconds: 0.7,
  connections: [1, 16],
  curve: [1, 2, 4, 8, 16, 32, 64],
  openStreams: 100,
  holdSeconds: 4,
};

/** Shows that the bench works, and nothing else. */
const SHORT: Plan = {
  rounds: 1,
  seconds: 0.1,
  connections: [1, 4],
  curve: [1, 4],
  openStreams: 10,
  holdSeconds: 1,
};

const { values: options } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    workers: { type: "string" },
    "peer-prefix": { type: "string", default: "" },
    peer: { type: "string", multiple: true, default: [] },
    "upstream-port": { type: "string", default: "0" },
    json: { type: "string" },
    svg: { type: "string" },
  },
});

const plan = options.short ? SHORT : FULL;
const startedAt = performance.now();
const results = await measure(plan);
const seconds = Math.round((performance.now() - startedAt) / 1000);
const machine = Object.entries(results.machine).map(([name, value]) => `${name} ${value}`);
console.log(`${machine.join(", ")}; ${plan.rounds} rounds in ${seconds} s\n`);
console.log(toTables(results));
console.log(`\n${toTargetTable(judge(results))}`);
if (options.json !== undefined) {
  await Deno.writeTextFile(options.json, `${JSON.stringify(results, null, 1)}\n`);
}
if (options.svg !== undefined) await Deno.writeTextFile(options.svg, toSvg(results.curves));

async function measure(plan: Plan): Promise<Results> {
  await using upstream = await startUpstream(options["upstream-port"]);
  await using limit = await startLimit("pass-through", "passthrough.ts", upstream);
  await using floor = await startLimit("floor", "floor.ts", upstream);
  await using ccproxy = await startCcproxy(upstream);
  await using crew = new AsyncDisposableStack();
  const { workers } = options;
  const several = workers === undefined
    ? []
    : [crew.use(await startCcproxy(upstream, ["--workers", workers]))];
  const others = options.peer.map((peer) => peerAt(peer, options["peer-prefix"]));
  const peers = [...several, ...others];
  const heldBy = [upstream, limit, floor, ccproxy, ...peers];
  const held = [];
  for (const subject of heldBy) held.push(await measureHeld(subject, plan));

  const forWhole = [upstream, limit, floor, ccproxy, ...peers];
  const forStreams = [upstream, limit, floor, ccproxy, ...peers];
  for (const subject of forWhole) await checkAnswers(subject, WHOLE);
  for (const subject of forStreams) await checkAnswers(subject, STREAMS);
  const whole = await measureAll(forWhole, WHOLE, plan);
  const streams = await measureAll(forStreams, STREAMS, plan);

  const curves: Record<string, Results["curves"][string]> = {};
  for (const load of WHOLE.slice(0, 2)) {
    for (const subject of forWhole.slice(1)) {
      curves[`${subject.name}, ${load.name}`] = await measureCurve(subject, load, plan);
    }
  }
  const sockets = await countSockets(upstream, ccproxy, plan);
  return { machine: describeMachine(), whole, streams, held, curves, sockets };
}

async function countSockets(upstream: Subject, ccproxy: Subject, { seconds }: Plan) {
  const count = async () => Number(await (await fetch(urlOf(upstream))).text());
  const before = await count();
  const { latencies } = await run(ccproxy, {
    body: WHOLE[1]?.body ?? "",
    connections: 16,
    seconds,
  });
  return { opened: await count() - before, requests: latencies.length };
}

function describeMachine() {
  const all = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    deno: Deno.version.deno,
    cpu: `${all.length} x ${all[0]?.model.trim()}`,
    kernel: release(),
  };
}
