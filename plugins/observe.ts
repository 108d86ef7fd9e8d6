import type { Exchange, Middleware, Plugin, PluginContext } from "../core/mod.ts";
import { type Account, follow } from "./account.ts";

/** Sees every request without touching it. */
export interface Observer {
  /** Called when a request comes in; what it returns is called when that request is over. */
  observe(exchange: Exchange): (account: Account) => void;
  readonly pages?: Middleware["pages"];
  readonly vitals?: Middleware["vitals"];
}

/** One plugin for all observers: each event of a stream is looked at once, not once for each of them. */
export function observe(...factories: readonly ((context: PluginContext) => Observer)[]): Plugin {
  return (context) => {
    const observers = factories.map((factory) => factory(context));
    function observe(exchange: Exchange, next: Parameters<Middleware>[1]) {
      const ends = observers.map((observer) => observer.observe(exchange));
      return follow(exchange, next, (account) => ends.forEach((end) => end(account)));
    }
    return Object.assign(observe, {
      pages: Object.assign({}, ...observers.map(({ pages }) => pages)),
      vitals: () => Object.assign({}, ...observers.map((observer) => observer.vitals?.())),
    });
  };
}
