import assert from "node:assert/strict";
import { join } from "node:path";
import { loadsTypeScript, reasonOf, withExtensions } from "../../cli/extensions.ts";
import { assemble } from "../../core/assemble.ts";
import { ConfigError, parseConfig } from "../../core/config.ts";
import type { Exchange, Handler, PluginContext, ProviderAdapter } from "../../core/mod.ts";
import { withFakeTime } from "../support/fake_time.ts";

const OURS: ProviderAdapter = { baseUrl: "https://ours.example/v1" };
const PARTS = { providers: { openai: OURS, generic: OURS }, plugins: [], version: "0.0.0" };

/** Loads files with these contents from a folder that has nothing to do with the project. */
async function load(files: Readonly<Record<string, string>>) {
  const folder = await Deno.makeTempDir();
  try {
    const paths = Object.keys(files).map((name) => join(folder, name));
    for (const [position, text] of Object.values(files).entries()) {
      await Deno.writeTextFile(paths[position]!, text);
    }
    return await withExtensions(PARTS, paths);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function refusal(files: Readonly<Record<string, string>>): Promise<string> {
  let message = "";
  await assert.rejects(load(files), (thrown) => {
    assert.ok(thrown instanceof ConfigError);
    message = thrown.message;
    return true;
  });
  assert.equal(message.split("\n").length, 1, "one line");
  return message;
}

const ADAPTER = 'export const adapter = { baseUrl: "https://mine.example/v1" };';

Deno.test("withExtensions() names an adapter after its file, and puts it first", async () => {
  const { providers } = await load({ "Mine.ts": ADAPTER });
  assert.deepEqual(Object.keys(providers), ["mine", "openai", "generic"]);
});

Deno.test("withExtensions() names an adapter as it says, and lets it replace one of ours", async () => {
  const { providers } = await load({ "mine.js": `${ADAPTER} export const name = "generic";` });
  assert.deepEqual(Object.keys(providers), ["generic", "openai"]);
  assert.equal(providers["generic"]?.baseUrl, "https://mine.example/v1");
});

Deno.test("withExtensions() takes an adapter and a plugin from one file", async () => {
  const text = `${ADAPTER} export const plugin = () => (exchange, next) => next(exchange);`;
  const { providers, plugins } = await load({ "mine.mjs": text });
  assert.equal(Object.keys(providers)[0], "mine");
  assert.equal(plugins.length, 1);
});

Deno.test("withExtensions() takes TypeScript with enums, and files beside it", async () => {
  const { providers } = await load({
    "mine.ts": 'import { Url } from "./url.ts";\nexport const adapter = { baseUrl: Url.Mine };',
    "url.ts":
      'export enum Url { Mine = "https://mine.example/v1" }\nexport const plugin = () => () => {};',
  });
  assert.equal(providers["mine"]?.baseUrl, "https://mine.example/v1");
});

Deno.test("an adapter that is loaded is the one to use where nothing else is said", async () => {
  const program = assemble(parseConfig({ OPENAI_API_KEY: "k" }), await load({ "a.js": ADAPTER }));
  assert.equal(program.provider, "a");
  assert.equal(program.baseUrl, "https://mine.example/v1");
});

for (
  const [sentence, file, text, says] of [
    ["has the wrong ending", "mine.json", "{}", /it must be a \.ts or \.js file$/],
    [
      "does not parse, and says where",
      "mine.js",
      "export const adapter = {",
      /mine\.js: .* at file:.*mine\.js:1:25$/,
    ],
    ["exports nothing of ours", "mine.js", "export const adaptor = {};", /It exports adaptor$/],
    ["exports nothing at all", "mine.js", "", /It exports nothing$/],
    ["throws", "mine.js", 'throw new Error("no luck");', /mine\.js: no luck$/],
    [
      "imports what is not there",
      "mine.js",
      'import "./gone.js";',
      /imports file:.*gone\.js, which is not there$/,
    ],
    ["has a number as name", "mine.js", `${ADAPTER} export const name = 1;`, /`name` must be/],
    ["has no base URL", "mine.js", "export const adapter = {};", /`adapter\.baseUrl` must be/],
    [
      "has a hook that is no function",
      "mine.js",
      'export const adapter = { baseUrl: "https://a.example", request: 1 };',
      /`adapter\.request` must be a function$/,
    ],
    [
      "has a hook that is not known",
      "mine.js",
      'export const adapter = { baseUrl: "https://a.example", requests() {} };',
      /`adapter\.requests` is not known: an adapter has baseUrl, /,
    ],
    ["has an object as plugin", "mine.js", "export const plugin = {};", /must be a function/],
  ] as const
) {
  Deno.test(`withExtensions() stops at a file that ${sentence}`, async () => {
    assert.match(await refusal({ [file]: text }), says);
  });
}

Deno.test("withExtensions() names a file whose top-level await does not end", () =>
  withFakeTime(async (time) => {
    const waits = "export const plugin = await new Promise((end) => globalThis.endAwait = end);";
    const refused = refusal({ "mine.js": waits });
    while (!("endAwait" in globalThis)) await time.pass(0);
    await time.pass(10);
    assert.match(await refused, /mine\.js: it is still waited for after 10 s: an `await` at its/);
    (globalThis as unknown as { endAwait(): void }).endAwait();
  }));

Deno.test("withExtensions() says that there is no such file", async () => {
  await assert.rejects(withExtensions(PARTS, ["/nowhere/mine.ts"]), {
    message: "Cannot load the plugin file /nowhere/mine.ts: there is no such file",
  });
});

for (
  const [sentence, text, says] of [
    [
      "throws",
      'export const plugin = () => { throw new Error("no luck"); };',
      /start: no luck$/,
    ],
    ["returns nothing", "export const plugin = () => {};", /must return a middleware/],
  ] as const
) {
  Deno.test(`a plugin that ${sentence} stops the start with its file's name`, async () => {
    const parts = await load({ "mine.js": text });
    const config = parseConfig({ OPENAI_API_KEY: "key" });
    assert.throws(() => assemble(config, parts), { name: "ConfigError", message: says });
  });
}

for (
  const [sentence, body, says] of [
    ["throws", 'throw new TypeError("no luck")', "The plugin mine.js failed: no luck"],
    ["returns nothing", "", "The plugin mine.js failed: it returned no reply"],
    [
      "hands on and throws",
      'await next(exchange); throw "late"',
      "The plugin mine.js failed: late",
    ],
  ] as const
) {
  Deno.test(`a plugin that ${sentence} fails its request with its file's name`, async () => {
    const text = `export const plugin = () => async (exchange, next) => { ${body} };`;
    const middleware = (await load({ "mine.js": text })).plugins[0]!({} as PluginContext);
    const next: Handler = () => Promise.resolve({ kind: "raw", response: new Response() });
    await assert.rejects(middleware({} as Exchange, next), { name: "ApiError", message: says });
  });
}

Deno.test("reasonOf() says what to do about a package that the lock file refuses", () => {
  const refused = new Error("The lockfile is out of date. Run `deno install --frozen=false`, or");
  assert.match(reasonOf(refused), /^it imports a package .* Bundle it into one \.js file$/);
});

Deno.test("what fails behind a plugin is not blamed on it", async () => {
  const text = "export const plugin = () => (exchange, next) => next(exchange);";
  const middleware = (await load({ "mine.js": text })).plugins[0]!({} as PluginContext);
  const fault = new TypeError("a fault of ours");
  await assert.rejects(middleware({} as Exchange, () => Promise.reject(fault)), fault);
});

for (
  const [version, loads] of [
    ["2.4.2", false],
    ["2.8.1", false],
    ["2.8.2", true],
    ["2.8.10", true],
    ["2.9.5", true],
    ["3.0.0", true],
  ] as const
) {
  Deno.test(`a program compiled with Deno ${version} ${loads ? "loads" : "loads no"} TypeScript`, () => {
    assert.equal(loadsTypeScript(version), loads);
  });
}
