import assert from "node:assert/strict";
import { checkFleet, parseFile, parseInstance, pick } from "../../../cli/fleet/instances.ts";

const KIMI = { name: "Kimi-K2", port: 8081, env: ".env-kimi-k2" };
const GLM = { name: "GLM-4.6", port: 8082, env: ".env-glm" };

Deno.test("parseInstance() reads the form of the seed's script", () => {
  assert.deepEqual(parseInstance("8081:.env-kimi-k2:Kimi-K2"), KIMI);
  assert.deepEqual(parseInstance("8081:C:\\keys\\.env:Kimi-K2").env, "C:\\keys\\.env");
});

for (const text of ["8081", "kimi:.env:K", "0:.env:K", "70000:.env:K", "8081:.env:../K", "::"]) {
  Deno.test(`parseInstance() refuses "${text}"`, () => {
    assert.throws(() => parseInstance(text), { name: "Failure", exitCode: 2 });
  });
}

Deno.test("parseFile() reads a list, and says what is wrong with anything else", () => {
  assert.deepEqual(parseFile('["8081:.env-kimi-k2:Kimi-K2"]', "proxies.json"), [KIMI]);
  assert.throws(() => parseFile("[", "proxies.json"), /proxies\.json is not JSON/);
  assert.throws(() => parseFile('{"a":1}', "proxies.json"), /must be a list of texts/);
  assert.throws(() => parseFile("[]", "proxies.json"), /proxies\.json names no instance: write/);
  assert.throws(() => parseFile('["8081"]', "proxies.json"), {
    message: /^proxies\.json: "8081" is no instance: it must be PORT:ENV-FILE:NAME/,
    exitCode: 1,
  });
});

Deno.test("checkFleet() refuses two of the same name or port", () => {
  assert.throws(() => checkFleet([KIMI, { ...GLM, port: 8081 }]), /the port 8081/);
  assert.throws(() => checkFleet([KIMI, { ...GLM, name: "Kimi-K2" }]), /the name Kimi-K2/);
});

Deno.test("pick() takes all, or those named, and knows which there are", () => {
  assert.deepEqual(pick([KIMI, GLM], []), [KIMI, GLM]);
  assert.deepEqual(pick([KIMI, GLM], ["GLM-4.6"]), [GLM]);
  assert.throws(() => pick([KIMI, GLM], ["GLM"]), /no instance "GLM"; there are Kimi-K2, GLM-4.6/);
});
