/** What an image or file costs in tokens where its size cannot be told, and at most: larger images are scaled down. */
const MOST = 1600;

/** Where the formats keep their size: how many bytes hold it, and the pixels in them; 0 where it is not found. */
const FORMATS: Readonly<Record<string, readonly [number, (head: DataView) => number]>> = {
  png: [24, (head) => head.getUint32(16) * head.getUint32(20)],
  gif: [10, (head) => head.getUint16(6, true) * head.getUint16(8, true)],
  webp: [30, webpPixels],
  jpeg: [48 * 1024, jpegPixels],
  jpg: [48 * 1024, jpegPixels],
};

/** Tokens of an image or file, a data URL or an address: width x height / 750 (A36). */
export function mediaTokens(url: string): number {
  const type = /^data:image\/(\w+);base64,/.exec(url)?.[1] ?? "";
  const format = FORMATS[type];
  if (format === undefined) return MOST;
  const [length, pixelsIn] = format;
  const at = url.indexOf(",") + 1;
  try {
    const digits = url.slice(at, at + Math.ceil(length / 3) * 4);
    const head = Uint8Array.fromBase64(digits, { lastChunkHandling: "stop-before-partial" });
    const pixels = pixelsIn(new DataView(head.buffer));
    return pixels > 0 ? Math.min(MOST, Math.ceil(pixels / 750)) : MOST;
  } catch {
    return MOST;
  }
}

/** Three formats in one: lossy, lossless, and one with extras. The last two count from 0. */
function webpPixels(head: DataView): number {
  switch (String.fromCharCode(...new Uint8Array(head.buffer, 12, 4))) {
    case "VP8 ":
      return (head.getUint16(26, true) & 0x3fff) * (head.getUint16(28, true) & 0x3fff);
    case "VP8L": {
      const both = head.getUint32(21, true);
      return ((both & 0x3fff) + 1) * ((both >> 14 & 0x3fff) + 1);
    }
    case "VP8X":
      return ((head.getUint32(23, true) >>> 8) + 1) * ((head.getUint32(26, true) >>> 8) + 1);
    default:
      return 0;
  }
}

/** Walks the segments to the frame header; 0 where there is none in the bytes at hand. */
function jpegPixels(head: DataView): number {
  for (let at = 2; at + 9 < head.byteLength && head.getUint8(at) === 0xff;) {
    const marker = head.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return head.getUint16(at + 5) * head.getUint16(at + 7);
    at += 2 + head.getUint16(at + 2);
  }
  return 0;
}
