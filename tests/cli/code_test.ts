import assert from "node:assert/strict";
import { join } from "node:path";
import { ccproxy } from "../support/command.ts";
import { inFolder } from "../support/folder.ts";
import { startUpstream } from "../support/scripted_upstream.ts";

/** Stands where `claude` would: asks the proxy one thing and tells what it was given. */
const CLIENT = `#!/bin/sh
echo "arguments: $*"
echo "folder: $(pwd)"
env | grep -E '^(ANTHROPIC|CLAUDE|NO_PROXY)' | sort
case "$1" in --settings) cat "$2" ;; esac
exit 7
`;

async function run(
  args: readonly string[],
  prepare: (home: string) => void = () => {},
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string; home: string }> {
  let outcome = { code: -1, stdout: "", stderr: "", home: "" };
  await inFolder(async (home) => {
    await using upstream = startUpstream([]);
    Deno.mkdirSync(join(home, "bin"));
    Deno.writeTextFileSync(join(home, "bin/claude"), CLIENT, { mode: 0o755 });
    Deno.writeTextFileSync(
      join(home, ".env-kimi"),
      `OPENAI_BASE_URL=${upstream.baseUrl}\nBIG_MODEL=kimi-k2\nANTHROPIC_API_KEY=me:my-own-key\n`,
    );
    prepare(home);
    const env = {
      HOME: home,
      DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache/deno"),
      PATH: `${join(home, "bin")}:/usr/bin:/bin`,
      ANTHROPIC_API_KEY: "a-key-of-the-shell",
      INIT_CWD: join(home, "bin"),
      ...environment,
    };
    outcome = {
      ...await ccproxy(["code", "--env", ".env-kimi", ...args], { cwd: home, env }),
      home,
    };
  });
  return outcome;
}

Deno.test("code gives the client our environment and its arguments, and returns its exit code", async () => {
  const { code, stdout, home } = await run(["--", "-p", "hello there"]);
  assert.equal(code, 7);
  const lines = stdout.trim().split("\n");
  assert.equal(lines[0], "arguments: -p hello there");
  assert.equal(lines[1], `folder: ${join(home, "bin")}`);
  assert.match(stdout, /^ANTHROPIC_BASE_URL=http:\/\/127\.0\.0\.1:\d+$/m);
  assert.match(stdout, /^ANTHROPIC_AUTH_TOKEN=my-own-key$/m);
  assert.match(stdout, /^ANTHROPIC_MODEL=anthropic\/generic\/kimi-k2$/m);
  assert.doesNotMatch(stdout, /ANTHROPIC_API_KEY/);
});

Deno.test("code has the last word over the variables in the user's settings, and leaves those alone", async () => {
  const settings = '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:1"}}';
  let path = "";
  const { stdout } = await run(["--", "-p", "hello"], (home) => {
    Deno.mkdirSync(join(home, ".claude"));
    path = join(home, ".claude/settings.json");
    Deno.writeTextFileSync(path, settings);
  });
  const [, file = ""] = /^arguments: --settings (\S+) -p hello$/m.exec(stdout) ?? [];
  assert.match(stdout, /\{"env":\{"ANTHROPIC_BASE_URL":"http:\/\/127\.0\.0\.1:\d{2,}/);
  assert.throws(() => Deno.statSync(file), Deno.errors.NotFound);
});

Deno.test("code keeps its client's requests to us out of the shell's HTTP proxy", async () => {
  const shell = { HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "intranet" };
  const { stdout } = await run(["--", "-p", "hello"], undefined, shell);
  assert.match(stdout, /^NO_PROXY=intranet,127\.0\.0\.1,localhost,::1$/m);
});

Deno.test("code says where the client's own options go", async () => {
  const { code, stderr } = await run(["-p", "hello"]);
  assert.equal(code, 2);
  assert.equal(stderr, "error: unknown option '-p'\nWhat is for Claude Code goes after --\n");
});

Deno.test("code says how to get the client where there is none", async () => {
  const { code, stderr } = await run([], (home) => Deno.removeSync(join(home, "bin/claude")));
  assert.equal(code, 1);
  assert.match(stderr, /npm install -g @anthropic-ai\/claude-code/);
});
