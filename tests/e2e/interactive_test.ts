import assert from "node:assert/strict";
import type { Answer, ChatBody } from "../support/scripted_upstream.ts";
import { bodies } from "./support/reading.ts";
import { interactiveTest } from "./support/terminal.ts";

/** Titles count as traffic that is not essential, so only what goes to other hosts is switched off. */
const WITH_TITLES = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
  DISABLE_AUTOUPDATER: "1",
};

interactiveTest("a session in the terminal gets its title from the small model's JSON", {
  environment: { ...WITH_TITLES, ANTHROPIC_DEFAULT_HAIKU_MODEL: "claude-haiku-5-5" },
  script: (body): Answer =>
    asksForTitle(body)
      ? { text: '{"title": "Greeting in the hall"}' }
      : { text: "Hello from upstream." },
}, async (terminal, stage) => {
  await terminal.say("Please greet me politely");
  await terminal.see(/Hello from upstream\./);
  await terminal.seeTitle(/Greeting in the hall/);
  const title = bodies(stage.upstream.received).find(asksForTitle);
  assert.equal(title?.model, "e2e-small");
  assert.equal(title?.tools, undefined);
  assert.equal(title?.["tool_choice"], undefined);
});

interactiveTest("the /model picker shows the models of ccproxy, and the one picked is asked", {
  environment: { CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: "1" },
  settings: { BIG_MODEL: "vendor/glm-9", SMALL_MODEL: "glm-9-air" },
  script: () => ({ text: "Picked." }),
}, async (terminal, stage) => {
  await terminal.say("/model");
  const picker = await terminal.see(/glm-9-air on generic/);
  const row = /(\d)\. glm-9-air/.exec(picker)?.[1];
  assert.ok(row !== undefined, picker);
  await terminal.press(row);
  await terminal.see(/Set model to glm-9-air/);
  await terminal.say("Who are you?");
  await terminal.see(/Picked\./);
  assert.equal(stage.upstream.received.at(-1)?.body.model, "glm-9-air");
});

interactiveTest("a refused key is named beside the client's own advice to log in", {
  script: () => ({ error: { status: 401, body: { error: { message: "No such key" } } } }),
}, async (terminal, stage) => {
  await terminal.say("Hello?");
  const screen = await terminal.see(/No\s+such\s+key/);
  assert.match(screen, /OPENAI_API_KEY;\s+\/login\s+does\s+not\s+change\s+it/);
  assert.equal(stage.upstream.received.length, 1);
});

function asksForTitle({ response_format }: ChatBody): boolean {
  return response_format !== undefined;
}
