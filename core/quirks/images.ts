/** Which images a provider takes. */
import type { OpenAI } from "../contract.ts";

/** For providers that fetch nothing: an image that is only an address becomes a note (Q105). */
export function inlineImagesOnly(body: OpenAI.Request): OpenAI.Request {
  return eachPart(
    body,
    (part) =>
      part.type === "image_url" && !part.image_url.url.startsWith("data:")
        ? { type: "text", text: `[image: ${part.image_url.url}]` }
        : part,
  );
}

/** For providers that take only so many images: the oldest become notes (Q67). */
export function latestImages(body: OpenAI.Request, most: number): OpenAI.Request {
  let surplus = -most;
  eachPart(body, (part) => {
    if (part.type === "image_url") surplus++;
    return part;
  });
  return surplus <= 0
    ? body
    : eachPart(body, (part) =>
      part.type === "image_url" && surplus-- > 0
        ? { type: "text", text: `[image omitted: only the last ${most} are shown]` }
        : part);
}

function eachPart(
  body: OpenAI.Request,
  change: (part: OpenAI.ContentPart) => OpenAI.ContentPart,
): OpenAI.Request {
  const messages = body.messages.map((message): OpenAI.Message =>
    message.role === "user" && typeof message.content !== "string"
      ? { ...message, content: message.content.map(change) }
      : message
  );
  return { ...body, messages };
}
