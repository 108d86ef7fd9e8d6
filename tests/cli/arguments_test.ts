import assert from "node:assert/strict";
import { ccproxy } from "../support/command.ts";
import { inFolder } from "../support/folder.ts";

const WRONG: readonly string[] = [
  "start --port abc",
  "start --port 65536",
  "start --log-level LOUD",
  "start --nonsense",
  "start extra",
  "code --port -1",
  "code --log-level 3",
  "demo --port abc",
  "init --yes --port 99999",
  "init --yes --provider nope",
  "init",
  "fleet",
  "fleet start --instance 8081",
  "fleet logs -n few",
  "fleet clean-logs --days soon",
  "nonsense",
  "",
];

for (const call of WRONG) {
  Deno.test(`"ccproxy ${call}" is a wrong call: exit code 2 and words on stderr`, () =>
    inFolder(async (cwd) => {
      const { code, stdout, stderr } = await ccproxy(call.split(" ").filter(Boolean), { cwd });
      assert.equal(code, 2, stderr);
      assert.equal(stdout, "");
      assert.notEqual(stderr, "");
      assert.deepEqual([...Deno.readDirSync(cwd)], []);
    }));
}
