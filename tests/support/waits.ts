import { mock } from "node:test";

/** Runs with timers that end at once; returns how long each would have taken, in milliseconds. */
export async function withoutWaiting(run: () => Promise<unknown>): Promise<number[]> {
  const waits: number[] = [];
  const real = Object.getOwnPropertyDescriptor(globalThis, "setTimeout")!;
  Object.defineProperty(globalThis, "setTimeout", {
    configurable: true,
    value(resume: () => void, wait: number) {
      waits.push(wait);
      queueMicrotask(resume);
      return 0;
    },
  });
  try {
    await run();
  } finally {
    Object.defineProperty(globalThis, "setTimeout", real);
  }
  return waits;
}

/** Runs with waits that are all of the shortest length that chance could make. */
export async function withoutJitter(run: () => Promise<void>): Promise<void> {
  const chance = mock.method(Math, "random", () => 0);
  try {
    await run();
  } finally {
    chance.mock.restore();
  }
}
