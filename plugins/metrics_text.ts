/** Counters and histograms in Prometheus' text format. */

export type Labels = Readonly<Record<string, string>>;

/** A client may ask for any model name: beyond so many series, `model` becomes "other". */
const MOST_SERIES = 500;
const OTHER = "other";

/** Values by labels, with the labels as they are written. */
class Series<Value> {
  readonly #series = new Map<string, { readonly labels: string; readonly value: Value }>();

  constructor(readonly make: () => Value) {}

  at(labels: Labels): Value {
    // Ten times a request: the labels are written when a series is new, and not each time, which takes 4 us more.
    const key = Object.values(labels).join("\n");
    const found = this.#series.get(key);
    if (found !== undefined) return found.value;
    if (this.#series.size >= MOST_SERIES && labels["model"] !== OTHER) {
      return this.at({ ...labels, model: OTHER });
    }
    const value = this.make();
    this.#series.set(key, { labels: toText(labels), value });
    return value;
  }

  values() {
    return this.#series.values();
  }
}

export class Counter {
  readonly #series = new Series(() => ({ value: 0 }));

  constructor(readonly name: string, readonly help: string) {}

  add(labels: Labels, amount = 1): void {
    this.#series.at(labels).value += amount;
  }

  toText(): string {
    let text = header(this.name, this.help, "counter");
    for (const { labels, value: { value } } of this.#series.values()) {
      text += `${this.name}{${labels}} ${value}\n`;
    }
    return text;
  }
}

export class Histogram {
  readonly #series;

  /** `bounds`: the upper ends of the buckets, ascending. */
  constructor(readonly name: string, readonly help: string, readonly bounds: readonly number[]) {
    this.#series = new Series(() => ({ counts: bounds.map(() => 0), sum: 0, count: 0 }));
  }

  observe(labels: Labels, value: number): void {
    const series = this.#series.at(labels);
    series.sum += value;
    series.count++;
    const bucket = this.bounds.findIndex((bound) => value <= bound);
    if (bucket >= 0) series.counts[bucket]!++;
  }

  toText(): string {
    let text = header(this.name, this.help, "histogram");
    for (const { labels, value: { counts, sum, count } } of this.#series.values()) {
      let below = 0;
      for (const [index, bound] of this.bounds.entries()) {
        below += counts[index]!;
        text += `${this.name}_bucket{${labels},le="${bound}"} ${below}\n`;
      }
      text += `${this.name}_bucket{${labels},le="+Inf"} ${count}\n`;
      text += `${this.name}_sum{${labels}} ${sum}\n${this.name}_count{${labels}} ${count}\n`;
    }
    return text;
  }
}

function header(name: string, help: string, type: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function toText(labels: Labels): string {
  return Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`).join(",");
}

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
