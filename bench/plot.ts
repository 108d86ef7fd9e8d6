/** Requests per second against connections, as an SVG that needs nothing around it. */

interface Point {
  readonly connections: number;
  readonly perSecond: number;
}

const WIDTH = 720;
const HEIGHT = 360;
const LEFT = 70;
const RIGHT = 190;
const TOP = 40;
const BOTTOM = 50;

const COLOURS = ["#8a8a8a", "#1f6feb", "#bdbdbd", "#d1622b", "#2e8b57", "#8250df"];

/** Both axes are logarithmic: what matters is the ratio. */
export function toSvg(curves: Readonly<Record<string, readonly Point[]>>): string {
  const points = Object.values(curves).flat();
  const x = scale(points.map(({ connections }) => connections), LEFT, WIDTH - RIGHT);
  const y = scale(points.map(({ perSecond }) => perSecond), HEIGHT - BOTTOM, TOP);
  const connections = [...new Set(points.map((point) => point.connections))];
  const rates = [100, 300, 1000, 3000, 10_000, 30_000, 100_000].filter((rate) =>
    y(rate) <= HEIGHT - BOTTOM && y(rate) >= TOP
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(LEFT, 22, "Whole answers per second against connections"),
    ...rates.flatMap((rate) => [
      `<path d="M${LEFT} ${y(rate)}H${WIDTH - RIGHT}" stroke="#e5e5e5"/>`,
      text(LEFT - 8, y(rate) + 4, rate.toLocaleString("en"), "end"),
    ]),
    ...connections.map((count) => text(x(count), HEIGHT - BOTTOM + 20, String(count), "middle")),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "connections", "middle"),
    ...Object.entries(curves).flatMap(([name, curve], index) => {
      const colour = COLOURS[index % COLOURS.length] ?? "black";
      const path = curve.map((point) => `${x(point.connections)} ${y(point.perSecond)}`).join("L");
      const last = curve.at(-1);
      return [
        `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...curve.map((point) =>
          `<circle cx="${x(point.connections)}" cy="${y(point.perSecond)}" r="3" fill="${colour}"/>`
        ),
        last === undefined ? "" : text(WIDTH - RIGHT + 10, y(last.perSecond) + 4, name),
      ];
    }),
    "</svg>",
    "",
  ].join("\n");
}

function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const least = Math.log(Math.min(...values));
  const most = Math.log(Math.max(...values));
  return (value) => Math.round(from + (to - from) * (Math.log(value) - least) / (most - least));
}

function text(x: number, y: number, content: string, anchor = "start"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#333">${content}</text>`;
}
