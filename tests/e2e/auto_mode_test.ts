import assert from "node:assert/strict";
import { join } from "node:path";
import type { Answer, ChatBody } from "../support/scripted_upstream.ts";
import { bash, bodies, texts, toolNames } from "./support/reading.ts";
import { clientTest } from "./support/stage.ts";
import { interactiveTest } from "./support/terminal.ts";

const CLASSIFIER = /You are a security monitor for autonomous AI coding agents/;

/** No command that the client lets pass by itself. */
const MAKE = `node -e "require('fs').writeFileSync('made.txt', 'made')"`;

interactiveTest("auto mode asks the judge, runs what it allows and withholds what it flags", {
  settings: { AUTO_MODE_MODEL: "e2e-judge" },
  script: (body): Answer => {
    if (body.model === "e2e-judge") return { text: verdicts(body) };
    const last = body.messages.findLast(({ role }) => role === "tool" || role === "user");
    const said = JSON.stringify(last);
    if (said.includes("denied")) return { text: "Then I leave it." };
    if (said.includes("call_good_1")) return { text: "It is made." };
    return said.includes("Take it away")
      ? { calls: [bash("call_evil_1", "rm -f made.txt")] }
      : { calls: [bash("call_good_1", MAKE)] };
  },
}, async (terminal, stage) => {
  await terminal.say("Make the file");
  await terminal.see(/It is made\./);
  assert.ok((await Deno.stat(join(stage.folder, "made.txt"))).isFile);

  await terminal.say("Take it away");
  await terminal.see(/Then I leave it\./);
  assert.ok((await Deno.stat(join(stage.folder, "made.txt"))).isFile);
  const asked = bodies(stage.upstream.received);
  assert.match(JSON.stringify(asked.at(-1)?.messages), /\[Destruction\] removes a file/);

  const judged = asked.filter(({ model }) => model === "e2e-judge");
  assert.equal(judged.length, 2);
  assert.match(texts(judged[0]!, "user").join(), /Make the file[^]*writeFileSync/);
  assert.ok(!asked.some(isClassifier), "the client asked its own classifier");
  assert.ok(!asked.some((body) => "safeguards" in body));
  await terminal.say("/status");
  await terminal.see(/Auto mode server:\s+Enabled/);
});

clientTest("auto mode works unattended with a judge, in a subagent too", {
  settings: { AUTO_MODE_MODEL: "e2e-judge" },
  script: (body): Answer => {
    if (body.model === "e2e-judge") return { text: verdicts(body) };
    if (isClassifier(body)) return { text: chattyVerdict(body) };
    const said = JSON.stringify(body.messages);
    if (toolNames(body).includes("SubagentHandback")) {
      return said.includes('"call_good_1"')
        ? { calls: [handback] }
        : { calls: [bash("call_good_1", MAKE)] };
    }
    return said.includes('"call_agent"') ? { text: "It is made." } : { calls: [agent] };
  },
}, async (stage) => {
  const outcome = await stage.ask("Let an agent make the file.", { mode: "auto" });
  assert.equal(outcome.is_error, false);
  assert.equal(outcome.result, "It is made.");
  assert.ok((await Deno.stat(join(stage.folder, "made.txt"))).isFile);
  const asked = bodies(stage.upstream.received);
  const judged = asked.filter(({ model }) => model === "e2e-judge");
  assert.equal(judged.length, 2);
  assert.match(texts(judged[1]!, "user").join(), /"subagent":true[^]*writeFileSync/);
  const [report] = asked.filter(isClassifier);
  assert.match(JSON.stringify(report), /I have made it\./);
});

interactiveTest("auto mode without a judge asks the user about what it cannot check", {
  script: makesTheFile,
}, async (terminal, stage) => {
  await terminal.say("Make the file");
  const dialog = await terminal.see(/couldn't check this action, so it needs your approval/);
  assert.doesNotMatch(dialog, /isn't getting through|isn't eligible/);
  assert.deepEqual([...Deno.readDirSync(stage.folder)], []);
});

interactiveTest(
  "the client's own classifier, where the user chose it, works on a model that chats",
  {
    environment: { CLAUDE_CODE_AUTO_MODE_SERVER: "0" },
    settings: { MIDDLE_MODEL: "e2e-middle" },
    script: (body) => isClassifier(body) ? { text: chattyVerdict(body) } : makesTheFile(body),
  },
  async (terminal, stage) => {
    await terminal.say("Make the file");
    await terminal.see(/It is made\./);
    assert.ok((await Deno.stat(join(stage.folder, "made.txt"))).isFile);
    const classified = bodies(stage.upstream.received).filter(isClassifier);
    assert.equal(classified.length, 1);
    assert.equal(classified[0]?.model, "e2e-middle");
  },
);

const agent = {
  id: "call_agent",
  name: "Agent",
  input: {
    description: "Make the file",
    prompt: "Make made.txt.",
    subagent_type: "general-purpose",
    run_in_background: false,
  },
};

const handback = {
  id: "call_report",
  name: "SubagentHandback",
  input: { message: "I have made it." },
};

function makesTheFile({ messages }: ChatBody): Answer {
  return JSON.stringify(messages.at(-1)).includes("call_make_1")
    ? { text: "It is made." }
    : { calls: [bash("call_make_1", MAKE)] };
}

/** Harmless, in the words of the client's first stage; it goes on behind the tag at which it was told to stop. */
function chattyVerdict({ stop }: ChatBody): string {
  const [tag] = stop as readonly string[];
  const verdict = tag === "</severity>" ? "<severity>0" : "<block>no";
  return `\n${verdict}${tag} because the user asked for it.`;
}

function isClassifier(body: ChatBody): boolean {
  return CLASSIFIER.test(texts(body, "system").join());
}

/** What removes a file is flagged. */
function verdicts(body: ChatBody): string {
  const question = texts(body, "user").join();
  const asked = question.slice(question.lastIndexOf("<calls>"));
  const ids = ["call_evil_1", "call_good_1", "call_agent"].filter((id) => asked.includes(id));
  return JSON.stringify({
    verdicts: Object.fromEntries(ids.map((id) => [
      id,
      id === "call_evil_1"
        ? { flagged: true, explanation: "[Destruction] removes a file" }
        : { flagged: false, explanation: "" },
    ])),
  });
}
