import assert from "node:assert/strict";
import type { ChatBody } from "../support/scripted_upstream.ts";
import { bash } from "./support/reading.ts";
import { clientTest } from "./support/stage.ts";

/** What a picky server says of a body, or undefined. */
function complaint(body: ChatBody): string | undefined {
  if ("stream_options" in body) return "Unrecognized request argument supplied: stream_options";
  if (Number(body["max_tokens"]) > 8192) return "The valid range of max_tokens is [1, 8192]";
  const thoughts = body.messages.some((message) => "reasoning_content" in message);
  return thoughts
    ? "messages.2.assistant.reasoning_content: Extra inputs are not permitted"
    : undefined;
}

clientTest("what a provider refuses is learned once, and the client never hears of it (Q116)", {
  script(body) {
    const message = complaint(body);
    if (message !== undefined) return { error: { status: 400, body: { error: { message } } } };
    return body.messages.some(({ role }) => role === "tool") ? { text: "It is found-42." } : {
      reasoning: "Hm.",
      text: "I look.",
      calls: [bash("call_look1", "echo found-$((40 + 2))")],
    };
  },
}, async (stage) => {
  const outcome = await stage.ask("Find it.", { environment: { CLAUDE_CODE_MAX_RETRIES: "0" } });
  assert.equal(outcome.result, "It is found-42.");
  assert.equal(outcome.is_error, false);
  assert.equal(outcome.num_turns, 2);
  const refused = stage.upstream.received.filter(({ body }) => complaint(body) !== undefined);
  assert.equal(refused.length, 3);
  const { learned } = await (await fetch(`${stage.proxy.url}/health`)).json();
  assert.deepEqual(learned.map(({ since }: { since: string }) => since), [
    "does not send stream_options",
    "asks for 8192 tokens at most",
    "does not send thinking back",
  ]);
  assert.match(stage.proxy.output(), /Please report this line/);
});

clientTest("a call that Groq refuses is run, and a plugin file is asked along (Q68)", {
  settings: { PROVIDER: "groq", PLUGINS: "counter.mjs" },
  files: { "../counter.mjs": counter() },
  script: [
    {
      error: {
        status: 400,
        body: {
          error: {
            message: "Tool call validation failed",
            code: "tool_use_failed",
            failed_generation: '{"name": "Bash", "arguments": {"command": "echo found-42"}}',
          },
        },
      },
    },
    { text: "It is found-42." },
  ],
}, async (stage) => {
  const outcome = await stage.ask("Find it.");
  assert.equal(outcome.result, "It is found-42.");
  const last = stage.upstream.received[1]?.body.messages.at(-1);
  assert.equal(last?.content, "found-42");
  const { asked } = await (await fetch(`${stage.proxy.url}/health`)).json();
  assert.equal(asked, 2);
});

function counter(): string {
  return `export const plugin = () => {
    let asked = 0;
    const middleware = (exchange, next) => (asked++, next(exchange));
    return Object.assign(middleware, { vitals: () => ({ asked }) });
  };`;
}
