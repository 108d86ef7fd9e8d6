import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../support/folder.ts";
import { startProxyProcess } from "../support/proxy_process.ts";

const LATE = `export const plugin = () => () => {
  Promise.reject(new Error("forgotten sk-secret-1234"));
  setTimeout(() => { throw new Error("in a timer"); });
  return Promise.resolve({ kind: "raw", response: Response.json({}) });
};`;

Deno.test("a fault that no request waits for is logged, and the server goes on", async () => {
  await inFolder(async (folder) => {
    Deno.writeTextFileSync(join(folder, "late.js"), LATE);
    await using proxy = await startProxyProcess({
      settings: { OPENAI_API_KEY: "sk-secret-1234" },
      args: ["--plugin", "late.js"],
      folder,
    });
    for (let turn = 0; turn < 2; turn++) {
      const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hello" }] });
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${proxy.url}/v1/chat/completions`, {
        method: "POST",
        headers,
        body,
      });
      assert.equal(response.status, 200);
      await response.text();
    }
    proxy.kill("SIGTERM");
    assert.equal((await proxy.status).code, 0);
    assert.match(proxy.output(), /ERROR.*A fault outside of any request: Error: forgotten/);
    assert.match(proxy.output(), /ERROR.*A fault outside of any request: Error: in a timer/);
    assert.doesNotMatch(proxy.output(), /sk-secret-1234/);
  });
});

Deno.test("an adapter whose facts fail stops the start with one line", async () => {
  const text = 'export const adapter = { baseUrl: "http://127.0.0.1", facts() { throw 1; } };';
  await inFolder(async (folder) => {
    Deno.writeTextFileSync(join(folder, "mine.js"), text);
    const started = startProxyProcess({ settings: {}, args: ["--plugin", "mine.js"], folder });
    await assert.rejects(started, {
      message: 'ccproxy did not start:\nThe adapter "mine" failed in its facts hook: 1\n',
    });
  });
});

Deno.test("start says at once that it may not write log files there, and where it may", () =>
  inFolder(async (folder) => {
    const elsewhere = join(folder, "elsewhere");
    await using proxy = await startProxyProcess({
      settings: { OPENAI_API_KEY: "sk-secret-1234", LOG_DIR: elsewhere },
      folder,
    });
    proxy.kill("SIGTERM");
    await proxy.status;
    const warnings = proxy.output().split("\n").filter((line) => line.startsWith("Warning"));
    assert.deepEqual(warnings, [
      `Warning: Cannot write ${elsewhere}/ccproxy.log: this start may not; \`deno task start\` ` +
      "writes to logs only, `deno task ccproxy start` anywhere. Requests go on, their log lines are " +
      "lost. Make it writable and it is used again, or choose another folder with LOG_DIR",
    ]);
  }));
