import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../support/folder.ts";

const ROOT = new URL("../../../", import.meta.url);

const SECRET = "sk-secret-0123456789";

const ENDS: readonly [string, string][] = [
  ["ends by itself", ""],
  ["calls Deno.exit", "Deno.exit(0);"],
  ["throws", `throw new Error("unforeseen ${SECRET}");`],
  ["leaves a rejection to nobody", `Promise.reject(new Error("unforeseen ${SECRET}"));`],
];

for (const [name, end] of ENDS) {
  Deno.test(`lines that wait are written when the process ${name}`, () =>
    inFolder(async (directory) => {
      const script = join(directory, "script.ts");
      const logs = new URL("cli/logs.ts", ROOT);
      Deno.writeTextFileSync(
        script,
        `import { getLogger } from "@logtape/logtape";
         import { configureLogs } from ${JSON.stringify(logs.href)};
         import { makeRedactor } from ${JSON.stringify(new URL("core/redact.ts", ROOT).href)};
         const hide = makeRedactor([${JSON.stringify(SECRET)}]);
         const files = { directory: ${JSON.stringify(directory)}, name: "last", retentionDays: 3 };
         configureLogs({ level: "INFO", hide, files, quiet: true });
         getLogger(["ccproxy"]).info("last words");
         ${end}`,
      );
      const { stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--config", new URL("deno.json", ROOT).pathname, "--no-prompt", "--no-check"],
          ...["--allow-read", "--allow-write", "--allow-env", script],
        ],
        stdout: "null",
        stderr: "piped",
      }).output();
      const written = Deno.readTextFileSync(join(directory, "last.log"));
      const said = new TextDecoder().decode(stderr);
      assert.match(written, /"message":"last words"/);
      assert.equal(/"level":"FATAL".*unforeseen/.test(written), end.includes("unforeseen"));
      assert.equal(/^ccproxy crashed: Error: unforeseen/m.test(said), end.includes("unforeseen"));
      assert.ok(!written.includes(SECRET) && !said.includes(SECRET));
    }));
}
