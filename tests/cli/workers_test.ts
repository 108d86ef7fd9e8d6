/** Threads that share a port, in a process of their own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { messagesRequest } from "../support/post.ts";
import { startProxyProcess } from "../support/proxy_process.ts";
import { startPausingServer } from "../support/raw_server.ts";
import { startUpstream } from "../support/scripted_upstream.ts";

const THREE = ["--workers", "3"];

/** Each request on a connection of its own, as the system spreads connections over the threads. Gives the text to come. */
async function ask(url: string, stream: boolean): Promise<() => Promise<string>> {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const response = await fetch(messagesRequest({ stream }, { url }), { client });
  return () => response.text().finally(() => client.close());
}

async function health(url: string) {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const response = await fetch(`${url}/health`, { client });
  return await response.json().finally(() => client.close());
}

/** How many sockets listen on the port (state 0A). */
async function listeners(port: number): Promise<number> {
  const { stdout } = await new Deno.Command("cat", { args: ["/proc/net/tcp"] }).output();
  const local = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, "0")} \\S+ 0A `, "g");
  return new TextDecoder().decode(stdout).match(local)?.length ?? 0;
}

const linux = { ignore: Deno.build.os !== "linux" };

Deno.test("threads share the port, the counts and the log file", linux, async () => {
  const folder = await Deno.makeTempDir();
  await using upstream = startUpstream(Array.from({ length: 30 }, () => ({ text: "Hello" })));
  await using proxy = await startProxyProcess({
    settings: { OPENAI_BASE_URL: upstream.baseUrl, LOG_DIR: "logs" },
    args: THREE,
    folder,
  });
  assert.equal(await listeners(proxy.port), 3);
  const answers = await Promise.all(
    Array.from({ length: 30 }, async () => await (await ask(proxy.url, false))()),
  );
  for (const answer of answers) assert.match(answer, /Hello/);
  for (let look = 0; look < 5; look++) {
    let { requests } = await health(proxy.url);
    while (requests.total < 30) ({ requests } = await health(proxy.url));
    assert.deepEqual(requests, { total: 30, errors: 0, active: 0 });
  }
  proxy.kill("SIGTERM");
  assert.equal((await proxy.status).code, 0);
  const log = await Deno.readTextFile(join(folder, "logs", "ccproxy.log"));
  const lines = log.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(new Set(lines.map(({ id }) => id)).size, 30);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("SIGTERM lets streams finish, whichever thread they run in", linux, async () => {
  const goOn = Promise.withResolvers<void>();
  await using upstream = startPausingServer(goOn.promise);
  await using proxy = await startProxyProcess({
    settings: { OPENAI_BASE_URL: upstream.baseUrl },
    args: THREE,
  });
  const streams = await Promise.all(Array.from({ length: 12 }, () => ask(proxy.url, true)));
  proxy.kill("SIGTERM");
  while ((await health(proxy.url)).status === "healthy");
  goOn.resolve();
  for (const text of streams) assert.match(await text(), /event: message_stop/);
  assert.equal((await proxy.status).code, 0);
});

Deno.test("a shared port is not shared with another program", linux, async () => {
  const settings = { OPENAI_BASE_URL: "http://127.0.0.1:9/v1" };
  await using proxy = await startProxyProcess({ settings, args: THREE });
  await assert.rejects(
    startProxyProcess({ settings, args: THREE, port: proxy.port }),
    /Port \d+ is taken/,
  );
});

Deno.test("a thread that cannot start ends the program with its reason", linux, async () => {
  const plugin = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    plugin,
    `if (Deno.mainModule === undefined) throw new Error("no room");
    export const plugin = () => (exchange, next) => next(exchange);`,
  );
  const settings = { OPENAI_BASE_URL: "http://127.0.0.1:9/v1" };
  await assert.rejects(
    startProxyProcess({ settings, args: [...THREE, "--plugin", plugin] }),
    /did not start:[^]*no room/,
  );
  await Deno.remove(plugin);
});
