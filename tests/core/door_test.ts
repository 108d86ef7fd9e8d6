import assert from "node:assert/strict";
import { type Caller, makeDoor } from "../../core/door.ts";

function caller(
  { url = "http://127.0.0.1:8082/v1/messages", headers = {}, ...rest }: {
    url?: string;
    headers?: Record<string, string>;
    method?: string;
    address?: string;
  } = {},
): Caller {
  return {
    method: "POST",
    address: "127.0.0.1",
    url: new URL(url),
    headers: new Headers({ "content-type": "application/json", ...headers }),
    ...rest,
  };
}

const KEYLESS = makeDoor([]);
const KEYED = makeDoor([{ name: "alice", key: "a-secret" }, { name: "key2", key: "b-secret" }]);

for (const address of ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"]) {
  Deno.test(`a door without keys lets in ${address}`, () => {
    assert.equal(KEYLESS.admit(caller({ address })), undefined);
  });
}

for (const address of ["192.168.1.9", "::ffff:10.0.0.1", "fe80::1", "1.127.0.1"]) {
  Deno.test(`a door without keys turns away ${address} and says what to set`, () => {
    assert.throws(() => KEYLESS.admit(caller({ address })), {
      status: 401,
      shouldRetry: false,
      message: /set ANTHROPIC_API_KEY/,
    });
  });
}

for (const host of ["localhost:8082", "127.0.0.1", "[::1]:8082", "a.localhost", "192.168.1.5:80"]) {
  Deno.test(`a door without keys answers to ${host}`, () => {
    KEYLESS.look(caller({ url: `http://${host}/` }));
  });
}

for (
  const host of ["evil.example:8082", "localhost.evil.example", "127.0.0.1.nip.io"]
) {
  Deno.test(`a door without keys does not answer to ${host} (DNS rebinding)`, () => {
    assert.throws(() => KEYLESS.look(caller({ url: `http://${host}/` })), { status: 403 });
    KEYED.look(caller({ url: `http://${host}/` }));
  });
}

Deno.test("a door turns away web pages, but not its own", () => {
  const turned = { status: 403 };
  const page = (origin: string) => caller({ headers: { origin } });
  assert.throws(() => KEYLESS.look(page("https://evil.example")), turned);
  assert.throws(() => KEYLESS.look(page("http://127.0.0.1:3000")), turned);
  assert.throws(() => KEYLESS.look(page("null")), turned);
  KEYLESS.look(page("http://127.0.0.1:8082"));
  const headers = { origin: "https://evil.example", "x-api-key": "a-secret" };
  assert.throws(() => KEYED.look(caller({ headers })), turned);
});

Deno.test("a door turns away an image or link of another site that would spend tokens", () => {
  const visit = (site: string) =>
    caller({
      method: "GET",
      url: "http://127.0.0.1:8082/test-connection",
      headers: { "sec-fetch-site": site },
    });
  for (const site of ["cross-site", "same-site"]) {
    assert.throws(() => KEYLESS.admit(visit(site)), { status: 403 });
  }
  for (const site of ["same-origin", "none"]) KEYLESS.admit(visit(site));
});

for (const type of ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"]) {
  Deno.test(`a door without keys takes no body of type "${type}", which a page can post`, () => {
    const posted = caller({ headers: { "content-type": type } });
    assert.throws(() => KEYLESS.admit(posted), { status: 415, message: /application\/json/ });
  });
}

Deno.test("a door with keys tells by whose key a caller came, from either header, from anywhere", () => {
  const address = "203.0.113.9";
  const url = "https://proxy.example/v1/messages";
  const by = (headers: Record<string, string>) => KEYED.admit(caller({ address, url, headers }));
  assert.equal(by({ "x-api-key": "a-secret" }), "alice");
  assert.equal(by({ authorization: "Bearer b-secret" }), "key2");
  assert.equal(by({ authorization: "Bearer none", "x-api-key": "a-secret" }), "alice");
});

for (const key of ["", "a-secre", "a-secret ".trimEnd() + "x", "alice:a-secret", "A-SECRET"]) {
  Deno.test(`a door with keys turns away "${key}"`, () => {
    const headers: Record<string, string> = key === "" ? {} : { "x-api-key": key };
    assert.throws(() => KEYED.admit(caller({ headers })), { status: 401, shouldRetry: false });
  });
}
