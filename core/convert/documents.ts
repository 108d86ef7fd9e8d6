import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { ContentBlock, Request } from "../protocol/anthropic.ts";
import { Recent } from "../recent.ts";

/** Texts kept between turns: each turn brings the same documents again. */
const KEPT = 32;

export type DocumentReader = (request: Request) => Promise<ReadonlyMap<string, string>>;

/**
 * Reads the PDFs of a request, for models that take none: their texts by their base64 data. One that cannot be read is
 * not in the map. The library is loaded with the first PDF.
 */
export function createDocumentReader(): DocumentReader {
  const texts = new Recent<string, Promise<string | undefined>>(KEPT);

  function read(data: string): Promise<string | undefined> {
    const key = createHash("sha256").update(data).digest("base64");
    const known = texts.get(key) ?? readPdf(data);
    texts.set(key, known);
    return known;
  }

  return async function readDocuments(request) {
    const found = request.messages.flatMap(({ content }) =>
      typeof content === "string" ? [] : content.flatMap(pdfsOf)
    );
    const readings = found.map(async (data) => [data, await read(data)] as const);
    const all = await Promise.all(readings);
    return new Map(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
  };
}

function pdfsOf(block: ContentBlock): string[] {
  if (block.type === "tool_result" && Array.isArray(block.content)) {
    return (block.content as readonly ContentBlock[]).flatMap(pdfsOf);
  }
  if (block.type !== "document" || block.source.type !== "base64") return [];
  return block.source.media_type === "application/pdf" ? [block.source.data] : [];
}

async function readPdf(data: string): Promise<string | undefined> {
  try {
    const { extractText, getDocumentProxy } = await import("unpdf");
    const pdf = await getDocumentProxy(new Uint8Array(Buffer.from(data, "base64")), {
      verbosity: 0,
    });
    const { text } = await extractText(pdf, { mergePages: true });
    return text.trim() === "" ? undefined : text;
  } catch {
    return undefined;
  }
}
