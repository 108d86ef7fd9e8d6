import { createHash } from "node:crypto";
import type { ClientHeaders } from "../contract.ts";
import type { Request } from "../protocol/anthropic.ts";

/** The client's session, hashed: the same for all requests of a conversation, and no one's name (sections 1.2, 2.3). */
export function sessionOf(request: Request, headers: ClientHeaders): string | undefined {
  const id = headers.get("x-claude-code-session-id") ?? fromMetadata(request.metadata?.user_id);
  return id ? createHash("sha256").update(id).digest("hex").slice(0, 32) : undefined;
}

/** `metadata.user_id` is JSON in a string; other clients send a plain one. */
function fromMetadata(userId: string | null | undefined): string | undefined {
  if (!userId) return undefined;
  try {
    const { session_id } = JSON.parse(userId);
    return typeof session_id === "string" ? session_id : userId;
  } catch {
    return userId;
  }
}
