import assert from "node:assert/strict";
import { join } from "node:path";
import { ccproxy } from "../support/command.ts";
import { inFolder } from "../support/folder.ts";

const REFUSED: readonly [call: string, says: RegExp][] = [
  ["init --yes --file nowhere/.env", /^No such file or directory .*nowhere/],
  ["init --yes --force --file pids", /directory.*pids/i],
  ["fleet status --file pids", /^Is a directory .*pids/],
  ["fleet start --instance 8081:file:A", /^File exists .*logs/],
];

for (const [call, says] of REFUSED) {
  Deno.test(`"ccproxy ${call}" says in a line what the system refused`, () =>
    inFolder(async (cwd) => {
      Deno.mkdirSync(join(cwd, "pids/inside"), { recursive: true });
      for (const name of ["logs", "file"]) Deno.writeTextFileSync(join(cwd, name), "");
      const { code, stdout, stderr } = await ccproxy(call.split(" "), { cwd });
      assert.equal(code, 1);
      assert.equal(stdout, "");
      assert.match(stderr, says);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    }));
}
