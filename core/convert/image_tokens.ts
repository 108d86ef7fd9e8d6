/** What an image or file costs in tokens where its size cannot be told, and at most: larger images are scaled down. */
const MOST = 1600;

/** Base64 digits that hold a PNG's head, and as many of a JPEG's as its size is looked for in. */
const PNG_HEAD = 32;
const JPEG_HEAD = 64 * 1024;

/** Tokens of an image or file, a data URL or an address: width x height / 750 (A36). */
export function mediaTokens(url: string): number {
  const [, type, start] = /^data:image\/(png|jpe?g);base64,(?=(.))/.exec(url) ?? [];
  if (start === undefined) return MOST;
  const at = url.indexOf(",") + 1;
  try {
    const head = url.slice(at, at + (type === "png" ? PNG_HEAD : JPEG_HEAD));
    const bytes = Uint8Array.fromBase64(head, { lastChunkHandling: "stop-before-partial" });
    const pixels = type === "png" ? pngPixels(bytes) : jpegPixels(bytes);
    return pixels > 0 ? Math.min(MOST, Math.ceil(pixels / 750)) : MOST;
  } catch {
    return MOST;
  }
}

function pngPixels({ buffer }: Uint8Array<ArrayBuffer>): number {
  const view = new DataView(buffer);
  return view.getUint32(16) * view.getUint32(20);
}

/** Walks the segments to the frame header; 0 where there is none in the bytes at hand. */
function jpegPixels({ buffer }: Uint8Array<ArrayBuffer>): number {
  const view = new DataView(buffer);
  for (let at = 2; at + 9 < view.byteLength && view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return view.getUint16(at + 5) * view.getUint16(at + 7);
    at += 2 + view.getUint16(at + 2);
  }
  return 0;
}
