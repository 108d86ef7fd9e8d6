import { type Anthropic, ApiError, type Plugin } from "ccproxy";

/**
 * Stops asking the provider once a day's answers have cost DAILY_CAP dollars (default 5). INPUT_PRICE and OUTPUT_PRICE
 * are dollars per million tokens; what the cache held counts a tenth. GET /health shows the sum.
 */
export const plugin: Plugin = ({ config, share }) => {
  const amount = (name: string, otherwise: number) => Number(config.values[name] ?? otherwise);
  const cap = amount("DAILY_CAP", 5);
  const prices = { input: amount("INPUT_PRICE", 3), output: amount("OUTPUT_PRICE", 15) };
  let day = "";
  let spent = 0;
  const tell = share<number>("spent", (dollars) => void (spent += dollars));

  function count(usage: Anthropic.Usage) {
    const input = usage.input_tokens + usage.cache_creation_input_tokens +
      usage.cache_read_input_tokens / 10;
    const dollars = (input * prices.input + usage.output_tokens * prices.output) / 1e6;
    spent += dollars;
    tell(dollars);
  }

  return Object.assign(
    async function dailyCap(exchange, next) {
      const today = new Date().toISOString().slice(0, 10);
      if (day !== today) [day, spent] = [today, 0];
      if (spent >= cap) {
        throw new ApiError(402, `Today's ${cap} dollars are spent. Raise DAILY_CAP, or wait`);
      }
      const reply = await next(exchange);
      if (reply.kind === "message") count(reply.message.usage);
      if (reply.kind !== "stream") return reply;
      const events = reply.events.through({
        transform(event, controller) {
          if (event.type === "message_delta") count(event.usage);
          controller.enqueue(event);
        },
      });
      return { kind: "stream", events };
    } satisfies ReturnType<Plugin>,
    { vitals: () => ({ spent_today: Math.round(spent * 1e4) / 1e4 }) },
  );
};
