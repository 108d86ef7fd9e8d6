/** The examples, each loaded from a copy in a folder that has nothing to do with the project. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { withExtensions } from "../cli/extensions.ts";
import { assemble, type Parts } from "../core/assemble.ts";
import { parseConfig } from "../core/config.ts";
import { post } from "./support/post.ts";
import { startProxyProcess } from "./support/proxy_process.ts";
import { type Script, startUpstream } from "./support/scripted_upstream.ts";
import { frames, QUESTION } from "./support/through.ts";

const PARTS: Parts = { providers: {}, plugins: [], version: "0.0.0" };

async function loadCopy(name: string): Promise<Parts> {
  const folder = await Deno.makeTempDir();
  try {
    const copy = join(folder, name);
    await Deno.copyFile(new URL(`../examples/${name}`, import.meta.url), copy);
    return await withExtensions(PARTS, [copy]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Talk extends AsyncDisposable {
  readonly received: readonly { readonly body: Readonly<Record<string, unknown>> }[];
  send(path: string, body?: unknown): Promise<Response>;
}

function talk(parts: Parts, script: Script, settings: Readonly<Record<string, string>> = {}): Talk {
  const upstream = startUpstream(script);
  const [provider = ""] = Object.keys(parts.providers);
  const config = parseConfig({
    OPENAI_BASE_URL: upstream.baseUrl,
    PROVIDER: provider,
    ...settings,
  });
  const program = assemble(config, parts);
  return {
    received: upstream.received,
    send(path, body) {
      const init = body === undefined ? {} : {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      };
      return program.serve(new Request(`http://127.0.0.1${path}`, init), { address: "127.0.0.1" });
    },
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

Deno.test("three_lines.ts is an adapter from outside the project", async () => {
  const parts = await loadCopy("three_lines.ts");
  assert.deepEqual(Object.keys(parts.providers), ["three_lines"]);
  await using conversation = talk(parts, [{ text: "Hello." }]);
  const message = await (await conversation.send("/v1/messages", QUESTION)).json();
  assert.deepEqual(message.content, [{ type: "text", text: "Hello." }]);
});

Deno.test("repeats_itself.ts keeps state in its stream and mends the request", async () => {
  const parts = await loadCopy("repeats_itself.ts");
  const says = (content: string, rest = {}) => ({ choices: [{ delta: { content }, ...rest }] });
  const raw = frames(says("I"), says("I am"), says("I am here.", { finish_reason: "stop" }));
  await using conversation = talk(parts, [{ raw }, { raw }]);
  for (const _ of ["once", "again, with a state of its own"]) {
    const message = await (await conversation.send("/v1/messages", { ...QUESTION, top_p: 1 }))
      .json();
    assert.deepEqual(message.content, [{ type: "text", text: "I am here." }]);
  }
  const body = conversation.received[0]?.body ?? {};
  assert.equal(body["max_new_tokens"], 8_192);
  assert.deepEqual(["top_p", "max_tokens"].filter((field) => field in body), []);
});

Deno.test("daily_cap.ts stops asking when the day's money is spent", async () => {
  const parts = await loadCopy("daily_cap.ts");
  const usage = { prompt_tokens: 100_000, completion_tokens: 20_000 };
  const settings = { DAILY_CAP: "1", PROVIDER: "plain" };
  const plain = { ...parts, providers: { plain: { baseUrl: "http://127.0.0.1" } } };
  const answer = { text: "Hello.", usage };
  await using conversation = talk(plain, [answer, answer, answer], settings);
  await (await conversation.send("/v1/messages", QUESTION)).json();
  await (await conversation.send("/v1/messages", { ...QUESTION, stream: true })).text();
  const { spent_today } = await (await conversation.send("/health")).json();
  assert.equal(spent_today, 1.2);
  const refused = await conversation.send("/v1/messages", QUESTION);
  assert.equal(refused.status, 402);
  assert.match((await refused.json()).error.message, /Today's 1 dollars are spent/);
  assert.equal(conversation.received.length, 2);
});

Deno.test("--plugin and PLUGINS load files from outside the project into the running program", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["repeats_itself.ts", "daily_cap.ts"]) {
      await Deno.copyFile(new URL(`../examples/${name}`, import.meta.url), join(folder, name));
    }
    await Deno.writeTextFile(join(folder, "broken.ts"), "export const adaptor = 1;");
    await using upstream = startUpstream([{ text: "Hello." }]);
    const settings = {
      OPENAI_BASE_URL: upstream.baseUrl,
      PROVIDER: "repeats_itself",
      PLUGINS: "repeats_itself.ts,daily_cap.ts",
    };
    {
      await using proxy = await startProxyProcess({ settings, folder });
      const response = await post(proxy.url, QUESTION);
      assert.deepEqual((await response.json()).content, [{ type: "text", text: "Hello." }]);
      assert.equal(upstream.received[0]?.body["max_new_tokens"], 8_192);
      const health = await (await fetch(`${proxy.url}/health`)).json();
      assert.equal(health.spent_today, 0.0005);
    }
    await assert.rejects(
      startProxyProcess({ settings, folder, args: ["--plugin", "broken.ts"] }),
      /Cannot load the plugin file broken\.ts: it must export `adapter`.* It exports adaptor/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the examples have the types they say they have, wherever they are", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const root = new URL("../", import.meta.url);
    const copies = [];
    for await (const { name } of Deno.readDir(new URL("examples/", root))) {
      const copy = join(folder, name);
      await Deno.copyFile(new URL(`examples/${name}`, root), copy);
      copies.push(copy);
    }
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--config", new URL("deno.json", root).pathname, ...copies],
      cwd: folder,
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.equal(copies.length, 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
