import assert from "node:assert/strict";
import { mediaTokens } from "../../../core/convert/image_tokens.ts";

function png(width: number, height: number): string {
  const bytes = new Uint8Array(24);
  new DataView(bytes.buffer).setUint32(16, width);
  new DataView(bytes.buffer).setUint32(20, height);
  return `data:image/png;base64,${bytes.toBase64()}`;
}

function jpeg(width: number, height: number): string {
  const bytes = new Uint8Array([
    0xff,
    0xd8,
    0xff,
    0xe0,
    0,
    4,
    0,
    0,
    0xff,
    0xc0,
    0,
    11,
    8,
    0,
    0,
    0,
    0,
    3,
    0,
    0,
    0,
  ]);
  new DataView(bytes.buffer).setUint16(13, height);
  new DataView(bytes.buffer).setUint16(15, width);
  return `data:image/jpeg;base64,${bytes.toBase64()}`;
}

const MEDIA: readonly [string, string, number][] = [
  ["a small PNG", png(300, 250), 100],
  ["a small JPEG", jpeg(300, 250), 100],
  ["a large PNG, which is scaled down", png(4000, 4000), 1600],
  ["an image elsewhere", "https://example.com/a.png", 1600],
  ["an image that is none", "data:image/png;base64,AAAA", 1600],
  ["a PDF", "data:application/pdf;base64,AAAA", 1600],
];

for (const [what, url, tokens] of MEDIA) {
  Deno.test(`mediaTokens() of ${what} is ${tokens}`, () => {
    assert.equal(mediaTokens(url), tokens);
  });
}
