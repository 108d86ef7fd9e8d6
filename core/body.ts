import { ApiError } from "./errors.ts";

/** Bytes; the client's own limit is 32 MB. */
const BODY_LIMIT = 64 * 1024 * 1024;

/** The JSON of a request's body. Throws ApiError 413 for one too large, without reading it whole, and 400 for no JSON. */
export async function readJson(request: Request): Promise<unknown> {
  const declared = Number(request.headers.get("content-length") ?? NaN);
  if (declared > BODY_LIMIT) throw tooLarge();
  const text = Number.isNaN(declared) ? await readText(request) : await readWhole(request);
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new ApiError(400, `The body is not JSON: ${(thrown as Error).message}`);
  }
}

async function readWhole(request: Request): Promise<string> {
  try {
    return await request.text();
  } catch (thrown) {
    throw new ApiError(400, "The body ended before it was complete", { cause: thrown });
  }
}

/** A body that does not say how long it is. */
async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let length = 0;
  let text = "";
  for await (const bytes of request.body ?? []) {
    length += bytes.byteLength;
    if (length > BODY_LIMIT) throw tooLarge();
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}

function tooLarge(): ApiError {
  return new ApiError(413, `The body is larger than ${BODY_LIMIT / 1024 / 1024} MiB`);
}
