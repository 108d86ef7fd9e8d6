/** Lines of a log file, as people read them. */

/** So many of the last lines that are not empty. */
export function lastLines(text: string, count: number): string[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.slice(Math.max(0, lines.length - count));
}

/** A JSON line as its time, level and message; any other line as it is. */
export function toPlain(line: string): string {
  try {
    const { time, level, message } = JSON.parse(line);
    if (typeof message !== "string") return line;
    return `${String(time).slice(0, 19).replace("T", " ")} ${String(level).padEnd(7)} ${message}`;
  } catch {
    return line;
  }
}
