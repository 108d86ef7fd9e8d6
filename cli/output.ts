/** What commands print: aligned, coloured only on a terminal. */

const COLORS = { red: 31, green: 32, yellow: 33, grey: 90 } as const;

export type Color = keyof typeof COLORS;

/** The text in a colour, where colours can be seen and are wanted. */
export function paint(text: string, color: Color): string {
  return Deno.noColor || !Deno.stdout.isTerminal() ? text : `\x1b[${COLORS[color]}m${text}\x1b[0m`;
}

/** Rows in columns, two spaces apart. Colours take no room. */
export function align(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, visible(cell).length);
    }
  }
  return rows.map((row) =>
    row.map((cell, column) => cell + " ".repeat(widths[column]! - visible(cell).length))
      .join("  ").trimEnd()
  ).join("\n");
}

/** 75 s is "1 min 15 s"; the two largest units are enough. */
export function duration(seconds: number): string {
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]] as const;
  let rest = Math.floor(seconds);
  const parts = units.map(([unit, size]) => {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    return { amount, unit };
  });
  const first = parts.findIndex(({ amount }) => amount > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).filter(({ amount }) => amount > 0)
    .map(({ amount, unit }) => `${amount} ${unit}`).join(" ");
}

/** Pretty for people to read, plain for programs to parse. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}

function visible(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/\x1b\[\d+m/g, "");
}
