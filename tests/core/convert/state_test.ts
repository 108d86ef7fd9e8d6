import assert from "node:assert/strict";
import fc from "fast-check";
import { ToolNames, toUpstreamName } from "../../../core/convert/names.ts";
import {
  decodeCallId,
  decodeSignature,
  encodeCallId,
  encodeSignature,
  foreignCallId,
} from "../../../core/convert/state.ts";

const NONE: ReadonlySet<string> = new Set();

Deno.test("a signature gives back what it was given", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.string({ unit: "grapheme" }), (carry, text) => {
      const state = JSON.parse(JSON.stringify({ provider: "test", carry, text }));
      const signature = encodeSignature(state);
      assert.match(signature, /^ccp1\.[a-zA-Z0-9_-]+$/);
      assert.deepEqual(decodeSignature(signature), state);
    }),
  );
});

Deno.test("a call's id is legal, new, and gives back the provider's own id and what it carries", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }),
      fc.option(fc.jsonValue(), { nil: undefined }),
      (id, carry) => {
        const state = { provider: "test", id, ...(carry === undefined ? {} : { carry }) };
        const known = encodeCallId(state, NONE);
        const other = encodeCallId(state, new Set([known]));
        for (const made of [known, other]) {
          assert.match(made, /^[a-zA-Z0-9_-]+$/);
          const decoded = decodeCallId(made);
          if (decoded === undefined) assert.equal(made, id);
          else assert.deepEqual(decoded, JSON.parse(JSON.stringify(state)));
        }
        assert.notEqual(known, other);
      },
    ),
  );
});

Deno.test("a provider's id stays as it is where it can", () => {
  assert.equal(encodeCallId({ provider: "test", id: "call_abcdefgh" }, NONE), "call_abcdefgh");
});

Deno.test("an id that the conversation has already is made new, and still leads to the provider's own", () => {
  const made = encodeCallId({ provider: "test", id: "call_abcdefgh" }, new Set(["call_abcdefgh"]));
  assert.notEqual(made, "call_abcdefgh");
  assert.equal(decodeCallId(made)?.id, "call_abcdefgh");
});

Deno.test("a call without an id gets one like Anthropic's own", () => {
  assert.match(encodeCallId({ provider: "test", id: "" }, NONE), /^toolu_[0-9a-f]{12}$/);
});

for (
  const foreign of [
    undefined,
    "",
    "EqoBCkYIARgC",
    "ccp1.",
    "ccp1.%%%",
    "ccp1.bm90IGpzb24",
    "ccp1.bnVsbA",
    "abcd.eyJwcm92aWRlciI6InRlc3QifQ",
  ]
) {
  Deno.test(`the signature ${foreign} is not ours`, () => {
    assert.equal(decodeSignature(foreign), undefined);
  });
}

for (
  const foreign of [
    "toolu_01",
    "call_1",
    "ccp1_",
    "ccp1_zzz_0123456789ab",
    "ccp1_bnVsbA_0123456789ab",
    "abcd_eyJwcm92aWRlciI6InRlc3QifQ_0123456789ab",
  ]
) {
  Deno.test(`the id ${foreign} carries nothing`, () => {
    assert.equal(decodeCallId(foreign), undefined);
  });
}

Deno.test("another provider's id becomes a legal one of at most 40 characters, the same each time", () => {
  for (const id of ["call_1", "functions.Bash:0", "x".repeat(200), "a|b"]) {
    const made = foreignCallId(id);
    assert.match(made, /^[a-zA-Z0-9_-]{1,40}$/);
    assert.equal(foreignCallId(id), made);
  }
});

const LONG = `mcp__${"server".repeat(12)}__tool`;

Deno.test("a tool's name comes back as the client wrote it, whatever the upstream needs", () => {
  const names = [LONG, "mcp.server/tool", "1st", "Bash", "read_file"];
  const known = new ToolNames(names.map((name) => ({ name })));
  for (const name of names) {
    assert.match(toUpstreamName(name), /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/);
    assert.equal(known.toClient(toUpstreamName(name)), name);
  }
});

Deno.test("long names that begin alike stay apart", () => {
  assert.notEqual(toUpstreamName(`${LONG}_a`), toUpstreamName(`${LONG}_b`));
});

Deno.test("a name that a model got nearly right is the tool it meant (Q90)", () => {
  const known = new ToolNames([{ name: "Bash" }, { name: "bash_output" }]);
  assert.equal(known.toClient("bash"), "Bash");
  assert.equal(known.toClient("functions.Bash"), "Bash");
  assert.equal(known.toClient("BASH_OUTPUT"), "bash_output");
  assert.equal(known.toClient("Unheard"), "Unheard");
});
