import type { Facts, OpenAI } from "../contract.ts";
import { Recent } from "../recent.ts";
import type { Lesson } from "./lesson.ts";

/** Models of which lessons are kept. */
const MOST_MODELS = 1_000;

/** What GET /health shows of a lesson: not what the provider said, which may quote a prompt, and stands in the log. */
export interface Learned {
  readonly model: string;
  /** What ccproxy does since. */
  readonly since: string;
}

/** What this process has learned about the models of its provider. */
export class Lessons {
  readonly #byModel = new Recent<string, Map<string, Lesson>>(MOST_MODELS);

  /** The facts learned of a model. */
  facts(model: string): Facts {
    return Object.assign({}, ...this.#entries(model).map(({ facts }) => facts));
  }

  /** The body with all that was learned. */
  apply(model: string, body: OpenAI.Request): OpenAI.Request {
    return this.#entries(model).reduce(
      (current, { once, change }) => once ? current : change?.(current) ?? current,
      body,
    );
  }

  add(model: string, lesson: Lesson): void {
    const known = this.#byModel.get(model) ?? new Map<string, Lesson>();
    this.#byModel.set(model, known.set(lesson.says, lesson));
  }

  /** Forgets a lesson that did not help. */
  drop(model: string, lesson: Lesson): void {
    this.#byModel.get(model)?.delete(lesson.says);
  }

  list(): Learned[] {
    return [...this.#byModel].flatMap(([model, entries]) =>
      [...entries.keys()].map((since) => ({ model, since }))
    );
  }

  #entries(model: string): Lesson[] {
    return [...this.#byModel.get(model)?.values() ?? []];
  }
}
