const FIRST_SECONDS = 1;
const LONGEST_SECONDS = 60;
/** An instance that ran so long was not broken from the start. */
const HEALTHY_SECONDS = 60;

export interface Fall {
  /** How often in a row it fell soon after its start, this fall not counted. */
  readonly falls: number;
  readonly exitCode: number;
  readonly ranSeconds: number;
}

/** How long to wait before the next start, in seconds. One that ended well (a restart was asked for) starts at once. */
export function nextStart({ falls, exitCode, ranSeconds }: Fall): { falls: number; wait: number } {
  if (exitCode === 0) return { falls: 0, wait: 0 };
  const before = ranSeconds >= HEALTHY_SECONDS ? 0 : falls;
  return {
    falls: before + 1,
    wait: Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** before),
  };
}
