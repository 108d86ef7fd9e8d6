import assert from "node:assert/strict";
import { join } from "node:path";
import { ccproxy } from "../../support/command.ts";
import { inFolder } from "../../support/folder.ts";
import { type ChatBody, startUpstream } from "../../support/scripted_upstream.ts";

const KEY = "sk-upstream-0123456789";

async function check(
  settings: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  let outcome = { code: -1, stdout: "", stderr: "" };
  await inFolder(async (cwd) => {
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    Deno.writeTextFileSync(join(cwd, ".env-kimi"), lines.join(""), { mode: 0o600 });
    outcome = await ccproxy(["check", "--env", ".env-kimi", ...args], { cwd });
  });
  return outcome;
}

/** A model that sees, thinks and calls the tool it is offered. */
function able({ messages, tools }: ChatBody) {
  if (tools !== undefined) {
    return { calls: [{ id: "call_1", name: tools[0]!.function.name, input: { city: "Oslo" } }] };
  }
  return { reasoning: "Hm.", text: JSON.stringify(messages).includes("image_url") ? "Red" : "OK" };
}

Deno.test("check reads the settings aloud, masks secrets and names the sources", async () => {
  const { code, stdout } = await check({
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: "https://api.moonshot.ai/v1",
    BIG_MODEL: "kimi-k2.6",
    SMALL_MODEL: "kimi-k2.6",
    HOST: "127.0.0.1",
    CUSTOM_HEADER_X_TEAM: "a-team-of-secrets",
  });
  assert.equal(code, 0);
  assert.match(stdout, /^kimi at https:\/\/api\.moonshot\.ai\/v1$/m);
  assert.match(stdout, /^OPENAI_API_KEY +\*{4}6789 +\.env-kimi$/m);
  assert.match(stdout, /^PORT +8082 +default$/m);
  assert.match(stdout, /Nothing to warn of/);
  assert.ok(!stdout.includes(KEY) && !stdout.includes("team-of"));
});

Deno.test("check --live passes a model that does all that Claude Code needs", async () => {
  await using upstream = startUpstream(able);
  const { code, stdout } = await check(
    { OPENAI_BASE_URL: upstream.baseUrl, BIG_MODEL: "big", SMALL_MODEL: "small" },
    "--live",
    "--json",
  );
  const { probes } = JSON.parse(stdout);
  assert.deepEqual(
    probes.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok]),
    ["key", "model", "streaming", "tool call", "image", "reasoning"].map((name) => [name, true]),
  );
  assert.equal(code, 0);
  assert.equal(probes[4].detail, "it sees red");
});

Deno.test("check --live says what to change where a probe fails", async () => {
  await using upstream = startUpstream(() => ({ text: "I would rather talk." }));
  const { code, stdout } = await check(
    { OPENAI_BASE_URL: upstream.baseUrl, BIG_MODEL: "big", SMALL_MODEL: "small" },
    "--live",
  );
  assert.equal(code, 1);
  assert.match(stdout, /^tool call +big +failed +\d+ ms +it answered without calling the tool$/m);
  assert.match(stdout, /^tool call: Claude Code works by tools alone/m);
});

Deno.test("check --live asks nothing more where the key is refused", async () => {
  await using upstream = startUpstream(() => ({
    error: { status: 401, body: { error: { message: "bad key" } } },
  }));
  const { code, stdout } = await check({ OPENAI_BASE_URL: upstream.baseUrl }, "--live");
  assert.equal(code, 1);
  assert.equal(upstream.received.length, 1);
  assert.match(stdout, /^key: Check OPENAI_API_KEY/m);
});

Deno.test("check says in a line what cannot work", async () => {
  const { code, stderr } = await check({ PORT: "eighty", OPENAI_BASE_URL: "api.kimi" });
  assert.equal(code, 1);
  assert.match(stderr, /PORT must be a whole number, but is "eighty"/);
});
