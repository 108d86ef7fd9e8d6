import assert from "node:assert/strict";
import { join } from "node:path";
import { ccproxy } from "../support/command.ts";
import { inFolder } from "../support/folder.ts";
import { startUpstream } from "../support/scripted_upstream.ts";
import { client } from "./support/client.ts";

Deno.test({
  name: "ccproxy code runs the real client on the models of an env file",
  ignore: client === undefined,
  fn: () =>
    inFolder(async (home) => {
      await using upstream = startUpstream(() => ({ text: "Hello from Kimi" }));
      Deno.mkdirSync(join(home, "bin"));
      Deno.symlinkSync(client!, join(home, "bin/claude"));
      const settings = `OPENAI_BASE_URL=${upstream.baseUrl}\nBIG_MODEL=kimi-k2\n`;
      Deno.writeTextFileSync(join(home, ".env-kimi"), settings);
      const { code, stdout } = await ccproxy(
        ["code", "--env", ".env-kimi", "--", "-p", "hello"],
        {
          cwd: home,
          env: {
            HOME: home,
            DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache/deno"),
            PATH: `${join(home, "bin")}:/usr/bin:/bin`,
            IS_SANDBOX: "1",
          },
        },
      );
      assert.equal(stdout.trim(), "Hello from Kimi");
      assert.equal(code, 0);
      assert.equal(upstream.received.at(-1)?.body.model, "kimi-k2");
    }),
});
