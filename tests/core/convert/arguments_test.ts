import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentStream, repairObject } from "../../../core/convert/arguments.ts";

/** What is sent at once, and what at the end. */
function send(fragments: readonly unknown[], truncated = false): { live: string; all: string } {
  const stream = new ArgumentStream();
  const live = fragments.map((fragment) => stream.push(fragment)).join("");
  return { live, all: live + stream.end(truncated) };
}

const JSON_TEXT =
  '{"command":"ls -la","depth":{"max":[1,2.5e3,null,true],"none":[],"no":{}},"note":"a \\"b\\" \\\\ \\u00e9"}';

Deno.test("ArgumentStream hands on valid JSON as it comes, cut anywhere", () => {
  for (let at = 0; at <= JSON_TEXT.length; at++) {
    const { live, all } = send([JSON_TEXT.slice(0, at), JSON_TEXT.slice(at)]);
    assert.equal(live, JSON_TEXT, `cut at ${at}`);
    assert.equal(all, JSON_TEXT);
  }
});

Deno.test("ArgumentStream hands on any object, character by character", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (object, pretty) => {
      const json = JSON.stringify(object, null, pretty ? 2 : 0);
      assert.deepEqual(JSON.parse(send([...json]).all), JSON.parse(json));
    }),
  );
});

/** What models and providers send (Q82), and the object they mean. */
const SHAPES: readonly [string, readonly unknown[], unknown][] = [
  ["a whole string", ['{"a":1}'], { a: 1 }],
  ["an object", [{ a: 1 }], { a: 1 }],
  ["nothing", [], {}],
  ["an empty string", [""], {}],
  ["null", [null], {}],
  ["the word null", ["null"], {}],
  ["white space", [" \n"], {}],
  ["an empty object", ["{}"], {}],
  ["a placeholder before the real ones", ["{}", '{"a":1}'], { a: 1 }],
  ["a placeholder in the same fragment", ['{}{"a":1}'], { a: 1 }],
  ["a placeholder object before the real ones", [{}, { a: 1 }], { a: 1 }],
  ["a double-encoded string", ['"{\\"a\\":', '1}"'], { a: 1 }],
  ["a string encoded three times", [JSON.stringify(JSON.stringify('{"a":1}'))], { a: 1 }],
  ["a code fence", ['```json\n{"a"', ":1}\n```"], { a: 1 }],
  ["a bare fence", ["```\n", '{"a":1}', "\n```"], { a: 1 }],
  ["a raw newline in a string", ['{"a":"x\ny"}'], { a: "x\ny" }],
  ["a raw tab and escape in a string", ['{"a":"\t\u001b["}'], { a: "\t\u001b[" }],
  ["single quotes", ["{'a': 'b'}"], { a: "b" }],
  ["Python's words", ['{"a": True, "b": None}'], { a: true, b: null }],
  ["a trailing comma", ['{"a":1,}'], { a: 1 }],
  ["a trailing comma in a list", ['{"a":[1,]}'], { a: [1] }],
  ["names without quotes", ["{a: 1}"], { a: 1 }],
  ["a missing brace", ['{"a":{"b":1}'], { a: { b: 1 } }],
  ["a missing quote and brace", ['{"a":"b'], { a: "b" }],
  ["rubbish after the end", ['{"a":1} and so on'], { a: 1 }],
  ["the object twice", ['{"a":1}{"a":1}'], { a: 1 }],
  ["white space around it", ['  \n{"a":1}\n'], { a: 1 }],
];

for (const [what, fragments, meant] of SHAPES) {
  Deno.test(`ArgumentStream understands ${what}`, () => {
    assert.deepEqual(JSON.parse(send(fragments).all), meant);
  });
}

Deno.test("ArgumentStream understands fragments that repeat all before them (Q11)", () => {
  const ends = [20, 30, 45, JSON_TEXT.length];
  assert.equal(send(ends.map((end) => JSON_TEXT.slice(0, end))).all, JSON_TEXT);
});

Deno.test("ArgumentStream takes short fragments that happen to repeat for what they are", () => {
  assert.deepEqual(JSON.parse(send(['{"a":"', "aa", "aa", "aa", '"}']).all), { a: "aaaaaa" });
});

Deno.test("ArgumentStream makes nothing up where the model was cut off", () => {
  for (let at = 1; at < JSON_TEXT.length; at++) {
    const begun = JSON_TEXT.slice(0, at);
    assert.equal(send([begun], true).all, begun);
  }
  assert.equal(send([""], true).all, "");
  assert.equal(send(['{"a":1} and so'], true).all, '{"a":1}');
});

Deno.test("ArgumentStream hands on at once what follows a placeholder", () => {
  assert.equal(send(["{}", '{"a":1}']).live, '{"a":1}');
  assert.equal(send(['{}{"a":1}']).live, '{"a":1}');
});

Deno.test("ArgumentStream sends what nobody can repair as it is, for the client to tell the model", () => {
  for (const text of ["[1,2]", "42", "true"]) assert.equal(send([text]).all, text);
});

Deno.test("ArgumentStream never sends twice or takes back, whatever comes", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 6 })), fc.boolean(), (fragments, truncated) => {
      const { live, all } = send(['{"a":"', ...fragments], truncated);
      assert.ok(all.startsWith(live));
    }),
  );
});

Deno.test("repairObject() returns JSON of an object, or nothing", () => {
  assert.equal(repairObject('{"a":1}'), '{"a":1}');
  for (const text of ["[1]", "1", '"text"', ""]) assert.equal(repairObject(text), undefined);
});

Deno.test("ArgumentStream takes no longer for a delta at the end of 400 KB than at the beginning", () => {
  const json = JSON.stringify({ file_path: "/a", content: "hello wörld\n".repeat(33_000) });
  const stream = new ArgumentStream();
  const startedAt = performance.now();
  let sent = "";
  for (let at = 0; at < json.length; at += 5) sent += stream.push(json.slice(at, at + 5));
  const took = performance.now() - startedAt;
  assert.equal(sent + stream.end(false), json);
  assert.ok(took < 3_000, `${took} ms`);
});

/** A model that is caught in a loop. */
const ENDLESS: readonly [string, string, string][] = [
  ["white space between fields", '{"a":1,', "     "],
  ["white space in a string", '{"a":"', "     "],
  ["zeros", '{"a":0.', "00000"],
];

for (const [what, start, piece] of ENDLESS) {
  Deno.test(`ArgumentStream takes endless ${what} in its stride`, () => {
    const stream = new ArgumentStream();
    const startedAt = performance.now();
    let sent = stream.push(start);
    for (let delta = 0; delta < 40_000; delta++) sent += stream.push(piece);
    const took = performance.now() - startedAt;
    assert.ok(took < 4_000, `${took} ms`);
    assert.equal(sent + stream.end(true), start + piece.repeat(40_000));
  });
}
