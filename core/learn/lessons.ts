import type { Facts, OpenAI } from "../contract.ts";
import type { Lesson } from "./lesson.ts";

/** What GET /health shows of a lesson. */
export interface Learned {
  readonly model: string;
  /** What ccproxy does since. */
  readonly since: string;
  /** What the provider said. */
  readonly said: string;
}

interface Entry {
  readonly lesson: Lesson;
  readonly said: string;
}

/** What this process has learned about the models of its provider. */
export class Lessons {
  readonly #byModel = new Map<string, Map<string, Entry>>();

  /** The facts learned of a model. */
  facts(model: string): Facts {
    return Object.assign({}, ...this.#entries(model).map(({ lesson }) => lesson.facts));
  }

  /** The body with all that was learned. */
  apply(model: string, body: OpenAI.Request): OpenAI.Request {
    return this.#entries(model).reduce(
      (current, { lesson }) => lesson.once ? current : lesson.change?.(current) ?? current,
      body,
    );
  }

  /** False where it was known already, so that it is no help. */
  add(model: string, lesson: Lesson, said: string): boolean {
    const known = this.#byModel.get(model) ?? new Map<string, Entry>();
    if (known.has(lesson.says)) return false;
    this.#byModel.set(model, known.set(lesson.says, { lesson, said: said.slice(0, 200) }));
    return true;
  }

  /** Forgets a lesson that did not help. */
  drop(model: string, lesson: Lesson): void {
    this.#byModel.get(model)?.delete(lesson.says);
  }

  list(): Learned[] {
    return [...this.#byModel].flatMap(([model, entries]) =>
      [...entries.values()].map(({ lesson, said }) => ({ model, since: lesson.says, said }))
    );
  }

  #entries(model: string): Entry[] {
    return [...this.#byModel.get(model)?.values() ?? []];
  }
}
