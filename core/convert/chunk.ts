import type { Choice, Chunk, MessageDelta } from "../protocol/openai.ts";

/** What the wire may hold instead of a chunk. */
interface LooseChoice {
  readonly delta?: MessageDelta | null;
  readonly message?: MessageDelta | null;
  readonly finish_reason?: string | null;
}

/**
 * Reads one JSON value from the upstream as a chunk: a frame of a stream, or a whole answer, whose `message` then stands
 * as the only delta. In a stream that has spoken before, a `message` is a summary and is not said twice (Q9, Q10).
 */
export function toChunk(value: unknown, spokenBefore: boolean): Chunk {
  if (typeof value !== "object" || value === null) return { choices: [] };
  const loose = value as { readonly choices?: readonly LooseChoice[] | null };
  const choices = (Array.isArray(loose.choices) ? loose.choices : []).map(
    ({ delta, message, ...rest }: LooseChoice): Choice => ({
      ...rest,
      delta: delta ?? (spokenBefore ? {} : message) ?? {},
    }),
  );
  return { ...loose, choices } as Chunk;
}

/** The chunk says something, in whatever field: which ones count as thinking is the adapter's knowledge. */
export function speaks({ choices }: Chunk): boolean {
  return Object.entries(choices[0]?.delta ?? {}).some(([field, value]) =>
    field !== "role" && value !== null && value !== undefined && value !== "" &&
    !(Array.isArray(value) && value.length === 0)
  );
}
