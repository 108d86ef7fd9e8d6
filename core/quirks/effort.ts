/** How hard a model may be told to think. */

/** What a model may be told about how hard to think, from least to most. */
const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

export type EffortName = typeof EFFORTS[number];

/**
 * What a model knows that is nearest to what was asked (Q24). Right between two it is the one nearer to "high", where
 * models that know few levels stand by themselves: the client says "medium" unless its user says otherwise.
 */
export function nearestEffort<Known extends EffortName>(
  asked: EffortName,
  known: readonly [Known, ...Known[]],
): Known;
export function nearestEffort<Known extends EffortName>(
  asked: EffortName,
  known: readonly Known[],
): Known | undefined;
export function nearestEffort<Known extends EffortName>(
  asked: EffortName,
  known: readonly Known[],
): Known | undefined {
  const distance = (one: EffortName, other: EffortName) =>
    Math.abs(EFFORTS.indexOf(one) - EFFORTS.indexOf(other));
  const score = (name: Known) => distance(name, asked) * EFFORTS.length + distance(name, "high");
  return [...known].sort((one, other) => score(one) - score(other))[0];
}
