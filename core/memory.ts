/** Memory after very large requests. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** From this size on, in bytes or characters, a value is worth a round of garbage collection when it is done with. */
export const LARGE = 8 * 1024 * 1024;

let collect: (() => void) | undefined;

/**
 * Collects garbage now. Left to itself V8 keeps what a large request leaves behind, copy beside copy: nine times the body
 * at the peak, against less than three with this. It takes some milliseconds, and only large requests come here.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
}
