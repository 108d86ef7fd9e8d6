import assert from "node:assert/strict";
import { gatherSettings, type Sources } from "../../cli/settings.ts";
import { ConfigError } from "../../core/config.ts";

const PROVIDERS = {
  acme: { baseUrl: "http://x", apiKeyEnv: "ACME_API_KEY", env: ["ACME_REGION"] },
};

/** Gathers with this text as the env file. */
function gather(text: string | undefined, more: Partial<Sources> = {}) {
  const file = text === undefined ? undefined : Deno.makeTempFileSync();
  try {
    if (file !== undefined) Deno.writeTextFileSync(file, text ?? "");
    return gatherSettings({ flags: {}, file, environment: {}, providers: PROVIDERS, ...more });
  } finally {
    if (file !== undefined) Deno.removeSync(file);
  }
}

Deno.test("a flag beats the env file, and the file beats the environment", () => {
  const { values } = gather("PORT=2\nHOST=file\n", {
    flags: { PORT: "1" },
    environment: { PORT: "3", HOST: "environment", BIG_MODEL: "environment" },
  });
  assert.deepEqual([values["PORT"], values["HOST"], values["BIG_MODEL"]], [
    "1",
    "file",
    "environment",
  ]);
});

Deno.test("an empty line in the file does not hide the environment's value", () => {
  const { values } = gather("HOST=\n", { environment: { HOST: "environment" } });
  assert.equal(values["HOST"], "environment");
});

Deno.test("the file may have comments, quotes and export", () => {
  const { values } = gather("# note\nexport BIG_MODEL=\"k3\" # big\nSMALL_MODEL='k3 mini'\n");
  assert.deepEqual([values["BIG_MODEL"], values["SMALL_MODEL"]], ["k3", "k3 mini"]);
});

Deno.test("a file that was asked for and is not there is an error that says how to make it", () => {
  assert.throws(() => gather(undefined, { file: "/nowhere/.env-x" }), (error: Error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(
      error.message,
      /Cannot read \/nowhere\/\.env-x: there is no such file.*\.env\.example/,
    );
    return true;
  });
});

const MISSPELT: readonly [string, string][] = [
  ["OPENAI_APIKEY", "OPENAI_API_KEY"],
  ["openai_api_key", "OPENAI_API_KEY"],
  ["BIG_MODLE", "BIG_MODEL"],
  ["ACME_API_KEYS", "ACME_API_KEY"],
];

for (const [name, meant] of MISSPELT) {
  Deno.test(`${name} in the file gets a warning that names ${meant}`, () => {
    const { warnings } = gather(`${name}=x\n`);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? "",
      new RegExp(`${name} is not a setting. Did you mean ${meant}\\?`),
    );
  });
}

Deno.test("a misspelt name in the environment gets a warning, but not a short one", () => {
  const environment = { OPENAI_APIKEY: "x", POST: "x", HOSTS: "x" };
  const { warnings } = gather("PORT=1\n", { environment });
  assert.deepEqual(warnings, [
    "environment: OPENAI_APIKEY is not a setting. Did you mean OPENAI_API_KEY?",
  ]);
});

Deno.test("names that are nobody's, a custom header's or an adapter's get no warning", () => {
  const { warnings } = gather("PATH_TO_X=1\nCUSTOM_HEADER_X=1\nACME_REGION=eu\nACME_API_KEY=k\n");
  assert.deepEqual(warnings, []);
});
