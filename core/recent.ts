/** A map that forgets what was set longest ago: its keys come from clients, who may send any number of them. */
export class Recent<Key, Value> extends Map<Key, Value> {
  readonly #most: number;

  /** `most`: how many are kept. */
  constructor(most: number) {
    super();
    this.#most = most;
  }

  override set(key: Key, value: Value): this {
    this.delete(key);
    super.set(key, value);
    if (this.size > this.#most) this.delete(this.keys().next().value!);
    return this;
  }
}
