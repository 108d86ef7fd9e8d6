import { adapter as repeatsItself } from "../../examples/repeats_itself.ts";
import { adapter as threeLines } from "../../examples/three_lines.ts";
import { plainDeltas, plainMessage, testAdapter } from "../conformance.ts";

testAdapter("three_lines", threeLines);

testAdapter("repeats_itself", repeatsItself, {
  knows: { body: ["max_new_tokens"] },
  refuses: [
    (body) => "top_p" in body || "max_tokens" in body ? "Unknown field" : undefined,
    (body) => JSON.stringify(body).includes("image_url") ? "Text only" : undefined,
  ],
  /** Each delta says the whole text so far. */
  deltas(turn) {
    let said = "";
    return plainDeltas(turn).map((delta) => {
      if (typeof delta["content"] !== "string") return delta;
      said += delta["content"];
      return { ...delta, content: said };
    });
  },
  message: (turn) => plainMessage(turn),
});
