import assert from "node:assert/strict";
import { drive } from "../../../core/stream/drive.ts";
import { type EventFlow, flowOf } from "../../../core/stream/flow.ts";
import { settlesWithin } from "../../../core/stream/settle.ts";
import type { Anthropic } from "../../../core/contract.ts";

/** What a transformer makes of these items, driven by hand and piped as the standard pipes it. */
async function both(make: () => Transformer<number, number>, items: readonly number[]) {
  const stage = drive(make());
  const driven: number[] = [];
  for (const item of items) await stage.write(item, driven);
  await stage.close(driven);
  const piped = await Array.fromAsync(
    ReadableStream.from(items).pipeThrough(new TransformStream(make())),
  );
  return { driven, piped };
}

const TRANSFORMERS: readonly [string, () => Transformer<number, number>][] = [
  ["nothing", () => ({})],
  ["each item twice", () => ({
    transform(item, controller) {
      controller.enqueue(item);
      controller.enqueue(item);
    },
  })],
  ["odd items only", () => ({
    transform: (item, controller) => void (item % 2 && controller.enqueue(item)),
  })],
  ["something at the start and at the end", () => ({
    start: (controller) => controller.enqueue(-1),
    flush: (controller) => controller.enqueue(-2),
  })],
  ["promises", () => ({
    async transform(item, controller) {
      await Promise.resolve();
      controller.enqueue(item * 10);
    },
    async flush(controller) {
      await Promise.resolve();
      controller.enqueue(0);
    },
  })],
  ["an early end", () => ({
    transform(item, controller) {
      controller.enqueue(item);
      if (item === 2) controller.terminate();
    },
  })],
];

for (const [what, make] of TRANSFORMERS) {
  Deno.test(`drive() does what the standard does with a transformer of ${what}`, async () => {
    const { driven, piped } = await both(make, [1, 2, 3]);
    assert.deepEqual(driven, piped);
  });
}

Deno.test("drive() gives nothing more to a transformer that has terminated", () => {
  const given: number[] = [];
  const stage = drive<number, number>({
    transform(item, controller) {
      given.push(item);
      controller.terminate();
    },
  });
  for (const item of [1, 2]) stage.write(item, []);
  assert.deepEqual(given, [1]);
});

Deno.test("drive() gives nothing more to a transformer that was cancelled", () => {
  const out: number[] = [];
  const stage = drive<number, number>({ transform: (item, to) => to.enqueue(item) });
  stage.cancel("nobody reads on");
  stage.write(1, out);
  assert.deepEqual(out, []);
});

Deno.test("drive() makes no promise where the transformer makes none", () => {
  const stage = drive<number, number>({ transform: (item, out) => out.enqueue(item) });
  assert.equal(stage.write(1, []), undefined);
  assert.equal(stage.close([]), undefined);
});

Deno.test("drive() throws what the transformer throws or errors with", () => {
  const fault = new Error("fault");
  const throws = drive<number, number>({
    transform() {
      throw fault;
    },
  });
  assert.throws(() => throws.write(1, []), fault);
  const errors = drive<number, number>({
    transform: (_item, controller) => controller.error(fault),
  });
  assert.throws(() => errors.write(1, []), fault);
});

const ping: Anthropic.Event = { type: "ping" };
const stop: Anthropic.Event = { type: "message_stop" };

async function all(flow: EventFlow): Promise<string[]> {
  const names: string[] = [];
  for (let batch = await flow.pull(); batch; batch = await flow.pull()) {
    names.push(...batch.map(({ type }) => type));
  }
  return names;
}

Deno.test("through() sends events through the transformers in order, and what the first makes last through the second", async () => {
  const flow = flowOf([ping]).through({ flush: (out) => out.enqueue(stop) }).through({
    transform(event, out) {
      out.enqueue(event);
      out.enqueue(event);
    },
  });
  assert.deepEqual(await all(flow), ["ping", "ping", "message_stop", "message_stop"]);
});

Deno.test("settlesWithin() says whether a promise settled in time, and throws its reason", async () => {
  assert.equal(await settlesWithin(Promise.resolve(), 1000), true);
  assert.equal(await settlesWithin(new Promise(() => {}), 1), false);
  await assert.rejects(settlesWithin(Promise.reject(new Error("no")), 1000), /no/);
});
