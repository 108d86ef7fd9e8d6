/** Context overflow in the vendors' words (Q113), with the numbers where they give them. */
const WORDINGS: readonly { readonly wording: RegExp; readonly swapped?: boolean }[] = [
  { wording: /prompt is too long(?:: (\d+) tokens > (\d+))?/i },
  {
    wording: /input token count \(?(\d+)\)? exceeds the maximum number of tokens allowed \(?(\d+)/i,
  },
  { wording: /maximum prompt length is (\d+) but the request contains (\d+)/i, swapped: true },
  { wording: /maximum context length (?:is|of) (\d+) tokens[^\d]*(\d+)?/i, swapped: true },
  { wording: /request \((\d+) tokens\) exceeds the available context size \((\d+)/i },
  { wording: /prompt token count of (\d+) exceeds the limit of (\d+)/i },
  { wording: /exceeded model token limit(?:: (\d+)(?: \(requested: (\d+))?)?/i, swapped: true },
  { wording: /prompt contains (\d+) tokens.*too large for model with (\d+)/is },
  { wording: /input too long: (\d+) input tokens, limit is (\d+)/i },
  { wording: /range of input length should be \[\d+, ?(\d+)\]/i, swapped: true },
  { wording: /configured limit of (\d+) tokens\D+resulted in (\d+) tokens/i, swapped: true },
  { wording: /input is too long for requested model/i },
  { wording: /exceeds the (?:model's )?context window/i },
  { wording: /context window exceeds limit/i },
  { wording: /reduce the length of the (?:messages|prompt)/i },
  { wording: /greater than the context length/i },
  { wording: /exceeds the available context size/i },
  { wording: /model_context_window_exceeded|context_length_exceeded|exceed_context_size_error/i },
  { wording: /(?:token limit exceeded|too many tokens)/i },
];

/** Sentences that count the answer in, with its part of the sum. */
const SUMS: readonly RegExp[] = [
  /maximum context length (?:is|of) (?<limit>\d+) tokens\D+(?<total>\d+) tokens\W.*?(?<output>\d+) (?:tokens )?(?:for|in) the (?:completion|output)/is,
  /too large: (?<output>\d+)\..*maximum context length is (?<limit>\d+) tokens and your request has (?<input>\d+) input tokens/is,
  /exceed context limit: (?<input>\d+) \+ (?<output>\d+) > (?<limit>\d+)/i,
  /passed (?<input>\d+) input tokens and requested (?<output>\d+) output.*context length is only (?<limit>\d+)/is,
];

/** Words of a rate limit in tokens, which sounds alike. */
const RATE_LIMIT = /rate.?limit|per.?minute|\bTPM\b/i;

/**
 * The sentence that makes the client compact (section 4.3), or undefined if this is no overflow. With numbers the client
 * drops enough in one go, so where the vendor gives none the estimate of the request and the known window stand in.
 */
export function overflowSentence(
  text: string,
  known: { readonly used: number; readonly limit?: number | undefined },
): string | undefined {
  if (RATE_LIMIT.test(text)) return undefined;
  const sum = readSum(text);
  if (sum !== undefined) return sumSentence(sum);
  for (const { wording, swapped } of WORDINGS) {
    const match = wording.exec(text);
    if (match === null) continue;
    const [first, second] = [Number(match[1] ?? NaN), Number(match[2] ?? NaN)];
    const limit = pick(swapped ? first : second) ?? known.limit;
    const used = pick(swapped ? second : first) ?? known.used;
    return limit === undefined ? "prompt is too long" : promptSentence(used, limit);
  }
  return undefined;
}

interface Sum {
  readonly input: number;
  readonly output: number;
  readonly limit: number;
}

function readSum(text: string): Sum | undefined {
  const groups = SUMS.map((pattern) => pattern.exec(text)?.groups).find((found) => found);
  if (groups === undefined) return undefined;
  const output = Number(groups["output"]);
  const input = Number(groups["input"] ?? Number(groups["total"]) - output);
  return { input, output, limit: Number(groups["limit"]) };
}

/** Where the prompt alone fits, the client asks again for a shorter answer instead of compacting (A21). */
function sumSentence({ input, output, limit }: Sum): string {
  if (input > limit) return promptSentence(input, limit);
  return `input length and \`max_tokens\` exceed context limit: ${input} + ${output} > ${limit}, ` +
    "decrease input length or `max_tokens` and try again";
}

function promptSentence(used: number, limit: number): string {
  return `prompt is too long: ${Math.max(used, limit + 1)} tokens > ${limit} maximum`;
}

function pick(number: number): number | undefined {
  return Number.isNaN(number) ? undefined : number;
}
