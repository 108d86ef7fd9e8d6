import assert from "node:assert/strict";
import { urlFromHere, urlOn } from "../../cli/address.ts";

for (
  const [host, on, fromHere] of [
    ["0.0.0.0", "http://0.0.0.0:80", "http://127.0.0.1:80"],
    ["::", "http://[::]:80", "http://127.0.0.1:80"],
    ["::1", "http://[::1]:80", "http://[::1]:80"],
    ["192.168.1.5", "http://192.168.1.5:80", "http://192.168.1.5:80"],
  ] as const
) {
  Deno.test(`a server on ${host} is shown as ${on}, and reached from here at ${fromHere}`, () => {
    assert.equal(urlOn(host, 80), on);
    assert.equal(urlFromHere(host, 80), fromHere);
  });
}
