import { mock } from "node:test";
import { setImmediate } from "node:timers/promises";

export interface FakeTime {
  /** Lets this much time pass, a second at a time, and what waits for it happen. */
  pass(seconds: number): Promise<void>;
}

/** Runs a test whose clock and timers stand still but for `pass`. */
export async function withFakeTime(run: (time: FakeTime) => Promise<void>): Promise<void> {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  try {
    await run({
      async pass(seconds) {
        await setImmediate();
        for (let second = 0; second < seconds; second++) {
          mock.timers.tick(1000);
          await setImmediate();
        }
      },
    });
  } finally {
    mock.timers.reset();
  }
}
