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

function gif(width: number, height: number): string {
  const head = new Uint8Array(10);
  const view = new DataView(head.buffer);
  view.setUint16(6, width, true);
  view.setUint16(8, height, true);
  return `data:image/gif;base64,${head.toBase64()}`;
}

/** `fill` writes what stands after the first chunk's name and length. */
function webp(chunk: string, fill: (content: DataView) => void): string {
  const head = new Uint8Array(30);
  head.set(new TextEncoder().encode(`RIFF\0\0\0\0WEBP${chunk}`));
  fill(new DataView(head.buffer, 20));
  return `data:image/webp;base64,${head.toBase64()}`;
}

/** The two high bits of a side are a scale. */
const LOSSY = webp("VP8 ", (content) => {
  content.setUint16(6, 300 | 0x4000, true);
  content.setUint16(8, 250, true);
});

const LOSSLESS = webp("VP8L", (content) => {
  content.setUint8(0, 0x2f);
  content.setUint32(1, 299 | 249 << 14 | 1 << 28, true);
});

const EXTENDED = webp("VP8X", (content) => {
  content.setUint8(0, 0x10);
  content.setUint16(4, 299, true);
  content.setUint16(7, 249, true);
});

const MEDIA: readonly [string, string, number][] = [
  ["a small PNG", png(300, 250), 100],
  ["a small JPEG", jpeg(300, 250), 100],
  ["a small GIF", gif(300, 250), 100],
  ["a small WebP", LOSSY, 100],
  ["a small WebP without loss", LOSSLESS, 100],
  ["a small WebP with a transparent ground", EXTENDED, 100],
  ["a WebP of a kind to come", webp("VP9 ", () => {}), 1600],
  ["a large PNG, which is scaled down", png(4000, 4000), 1600],
  ["an image elsewhere", "https://example.com/a.png", 1600],
  ["an image that is none", "data:image/png;base64,AAAA", 1600],
  ["an image in a format of its own", "data:image/avif;base64,AAAA", 1600],
  ["a PDF", "data:application/pdf;base64,AAAA", 1600],
];

for (const [what, url, tokens] of MEDIA) {
  Deno.test(`mediaTokens() of ${what} is ${tokens}`, () => {
    assert.equal(mediaTokens(url), tokens);
  });
}
