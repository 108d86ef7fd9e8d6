import assert from "node:assert/strict";
import { parseEnv } from "../../cli/env_text.ts";
import { join } from "node:path";
import { envFile } from "../../cli/env_file.ts";
import { PRESETS } from "../../cli/presets.ts";
import { providers } from "../../providers/mod.ts";
import { ccproxy } from "../support/command.ts";
import { inFolder } from "../support/folder.ts";

Deno.test("init --yes writes an env file that only its owner can read, and that check accepts", () =>
  inFolder(async (cwd) => {
    const env = { MOONSHOT_API_KEY: "sk-moon-0123456789" };
    const args = ["--yes", "--provider", "kimi", "--file", ".env-kimi", "--port", "8081"];
    const made = await ccproxy(["init", ...args], { cwd, env });
    assert.equal(made.code, 0, made.stderr);
    const path = join(cwd, ".env-kimi");
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
    const values = parseEnv(Deno.readTextFileSync(path));
    assert.equal(values["OPENAI_BASE_URL"], providers["kimi"]?.baseUrl);
    assert.equal(values["OPENAI_API_KEY"], "sk-moon-0123456789");
    assert.equal(values["PORT"], "8081");
    assert.ok(!made.stdout.includes("sk-moon"));
    const checked = await ccproxy(["check", "--env", ".env-kimi"], { cwd });
    assert.equal(checked.code, 0, checked.stderr);
  }));

Deno.test("init --yes replaces no file unless it is told to", () =>
  inFolder(async (cwd) => {
    const path = join(cwd, ".env");
    Deno.writeTextFileSync(path, "MINE=1\n", { mode: 0o644 });
    const refused = await ccproxy(["init", "--yes"], { cwd });
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /\.env is there already: it stays as it is.* replace it with --force/,
    );
    assert.equal(Deno.readTextFileSync(path), "MINE=1\n");
    const forced = await ccproxy(["init", "--yes", "--force"], { cwd });
    assert.equal(forced.code, 0);
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
  }));

Deno.test("init --yes says that the key is missing where it found none", () =>
  inFolder(async (cwd) => {
    const env = { MOONSHOT_API_KEY: "" };
    const { code, stdout } = await ccproxy(["init", "--yes", "--provider", "kimi"], { cwd, env });
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^No key was found in MOONSHOT_API_KEY: write it into \.env as OPENAI_API_KEY/m,
    );
    const local = await ccproxy(
      ["init", "--yes", "--provider", "ollama", "--file", ".env-local"],
      { cwd },
    );
    assert.doesNotMatch(local.stdout, /No key/);
  }));

Deno.test("init asks nobody where nobody is there", () =>
  inFolder(async (cwd) => {
    const { code, stderr } = await ccproxy(["init"], { cwd });
    assert.equal(code, 2);
    assert.match(stderr, /use --yes/);
  }));

Deno.test("every adapter there is has a preset", () => {
  assert.deepEqual(PRESETS.map(({ provider }) => provider).sort(), Object.keys(providers).sort());
});

Deno.test("every preset names models that docs/providers.md names", () => {
  const docs = Deno.readTextFileSync(new URL("../../docs/providers.md", import.meta.url));
  for (const { provider, big, middle = big, small } of PRESETS) {
    if (provider === "generic") continue;
    for (const model of [big, middle, small]) assert.ok(docs.includes(`"${model}"`), model);
  }
});

Deno.test("envFile() writes values that are read back as they were", () => {
  const answers = { ...PRESETS[0]!, baseUrl: "https://x/v1", key: `a"b'c #d`, port: "1" };
  assert.equal(parseEnv(envFile(answers))["OPENAI_API_KEY"], answers.key);
});
