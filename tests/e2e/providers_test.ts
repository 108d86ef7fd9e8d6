import assert from "node:assert/strict";
import { providers } from "../../providers/mod.ts";
import { pixel } from "./support/files.ts";
import { bodies, listenAndLook } from "./support/reading.ts";
import { clientTest } from "./support/stage.ts";

for (const name of Object.keys(providers)) {
  clientTest(`the client thinks, calls in parallel and sees through the adapter "${name}"`, {
    settings: { PROVIDER: name },
    files: { "pixel.png": pixel() },
    script: [
      listenAndLook(),
      { reasoning: "Now I know.", text: "Heard and seen." },
    ],
  }, async (stage) => {
    const outcome = await stage.ask("Listen and look.", {
      environment: { CLAUDE_CODE_MAX_RETRIES: "0" },
    });
    assert.equal(outcome.result, "Heard and seen.");
    assert.equal(outcome.num_turns, 3);
    const [first, second] = bodies(stage.upstream.received);
    assert.equal(stage.upstream.received.length, 2);
    assert.match(JSON.stringify(second?.messages), /heard/);
    assert.deepEqual(second?.messages.slice(0, first?.messages.length), first?.messages);
  });
}
