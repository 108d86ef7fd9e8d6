/** Frames as bytes, in every dialect of server-sent events (Q3), and bytes cut anywhere. */

export interface Dialect {
  readonly lineEnd: "\n" | "\r\n" | "\r";
  readonly space: boolean;
  readonly comments: boolean;
  /** `event:`, `id:` and `retry:` lines. */
  readonly fields: boolean;
  /** Each frame on several `data:` lines. */
  readonly pretty: boolean;
  readonly byteOrderMark: boolean;
  readonly lastBlankLine: boolean;
}

export const PLAIN: Dialect = {
  lineEnd: "\n",
  space: true,
  comments: false,
  fields: false,
  pretty: false,
  byteOrderMark: false,
  lastBlankLine: true,
};

/** Each frame as text; joined they are the stream. A string frame, such as `[DONE]`, is written as it is. */
export function toParts(frames: readonly unknown[], dialect: Dialect): string[] {
  const { lineEnd, space, comments, fields, pretty, byteOrderMark, lastBlankLine } = dialect;
  return frames.map((frame, position) => {
    const last = position === frames.length - 1;
    const data = typeof frame === "string" ? frame : JSON.stringify(frame, null, pretty ? 1 : 0);
    const lines = [
      ...(comments ? [": keep-alive", ""] : []),
      ...(fields ? ["event: data", `id: ${position}`, "retry: 3000"] : []),
      ...data.split("\n").map((line) => `data:${space ? " " : ""}${line}`),
    ];
    const end = last && !lastBlankLine ? "" : lineEnd + lineEnd;
    return (position === 0 && byteOrderMark ? "\ufeff" : "") + lines.join(lineEnd) + end;
  });
}

/** Bytes in pieces: one piece ends at each of these places, given as fractions of the whole. */
export function cutBytes(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => Math.floor(place * bytes.length)), bytes.length];
  ends.sort((one, other) => one - other);
  let start = 0;
  return ends.map((end) => bytes.slice(start, start = end)).filter((piece) => piece.length > 0);
}
