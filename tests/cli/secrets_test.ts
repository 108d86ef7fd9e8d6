import assert from "node:assert/strict";
import { join } from "node:path";
import { resolveSecrets, withoutShadowed } from "../../cli/secrets.ts";

async function withFile(text: string, run: (path: string) => unknown): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "key"), text);
    await run(join(folder, "key"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("resolveSecrets() reads a key from the file that is named", () =>
  withFile("sk-from-file\n", (path) => {
    const values = { OPENAI_API_KEY_FILE: path, BIG_MODEL: "m" };
    assert.deepEqual(resolveSecrets(values), { OPENAI_API_KEY: "sk-from-file", BIG_MODEL: "m" });
  }));

Deno.test("resolveSecrets() reads several client keys from a file, a line each", () =>
  withFile("alice:one\r\n\nbob:two\n", (path) => {
    const { ANTHROPIC_API_KEY } = resolveSecrets({ ANTHROPIC_API_KEY_FILE: path });
    assert.equal(ANTHROPIC_API_KEY, "alice:one,bob:two");
    assert.throws(() => resolveSecrets({ OPENAI_API_KEY_FILE: path }), /gives 2 lines/);
  }));

Deno.test("resolveSecrets() takes what a command prints", () => {
  const { OPENAI_API_KEY } = resolveSecrets({ OPENAI_API_KEY_COMMAND: "printf 'sk-%s' printed" });
  assert.equal(OPENAI_API_KEY, "sk-printed");
});

Deno.test("resolveSecrets() says what failed, in one line", () => {
  const failures: [Record<string, string>, RegExp][] = [
    [
      { OPENAI_API_KEY_FILE: "/none" },
      /^Cannot read \/none, which OPENAI_API_KEY_FILE names: there/,
    ],
    [
      { OPENAI_API_KEY_COMMAND: "exit 3" },
      /^OPENAI_API_KEY_COMMAND failed with exit code 3: exit 3$/,
    ],
    [{ OPENAI_API_KEY_COMMAND: "true" }, /^OPENAI_API_KEY_COMMAND \(true\) gives no key/],
    [{ OPENAI_API_KEY: "k", OPENAI_API_KEY_FILE: "f" }, /are set: keep one of them$/],
  ];
  for (const [values, message] of failures) {
    assert.throws(() => resolveSecrets(values), { name: "ConfigError", message });
  }
});

Deno.test({
  name: "resolveSecrets() says how to start where no program may be run",
  permissions: { run: false },
  fn() {
    assert.throws(() => resolveSecrets({ OPENAI_API_KEY_COMMAND: "true" }), {
      message: /deno task ccproxy start/,
    });
  },
});

Deno.test("withoutShadowed() lets a reference in the file beat a key in the shell", () => {
  const shell = { OPENAI_API_KEY: "of-another-vendor", HOME: "/root", ANTHROPIC_API_KEY: "mine" };
  assert.deepEqual(withoutShadowed(shell, { OPENAI_API_KEY_FILE: "key" }), {
    HOME: "/root",
    ANTHROPIC_API_KEY: "mine",
  });
});
