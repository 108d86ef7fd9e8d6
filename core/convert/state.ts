/**
 * What a provider needs back travels with the client: in a thinking block's signature and in the tool_use id. So the
 * proxy keeps no session. Ours carry a prefix; whatever else comes back is not ours and is not read.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

const SIGNATURE_PREFIX = "ccp1.";
const ID_PREFIX = "ccp1_";

/** Kept in a thinking block's signature. */
export interface ThinkingState {
  readonly provider: string;
  /** What the adapter asked to carry for this message. */
  readonly carry?: readonly unknown[];
  /** The thinking itself, where the block was sent without it. */
  readonly text?: string;
}

/** Kept in a tool_use id. */
export interface CallState {
  readonly provider: string;
  /** The provider's own id of the call. */
  readonly id: string;
  readonly carry?: unknown;
}

/** A thinking block's `signature` that holds the state. */
export function encodeSignature(state: ThinkingState): string {
  return SIGNATURE_PREFIX + encode(state);
}

/** Undefined for a signature that is not ours. */
export function decodeSignature(signature: string | undefined): ThinkingState | undefined {
  return decode(signature, SIGNATURE_PREFIX);
}

/**
 * The id a client sees. A provider's own id is kept where it can be: legal to Anthropic (A32), long enough to be unique
 * in the conversation, not taken, and with nothing to carry.
 */
export function encodeCallId(state: CallState, taken: ReadonlySet<string>): string {
  const { id, carry } = state;
  if (carry === undefined && /^[a-zA-Z0-9_-]{9,}$/.test(id) && !taken.has(id)) return id;
  if (id === "" && carry === undefined) return `toolu_${randomPart()}`;
  return `${ID_PREFIX}${encode(state)}_${randomPart()}`;
}

/** Undefined for an id that carries nothing. */
export function decodeCallId(id: string): CallState | undefined {
  return decode(id.replace(/_[0-9a-f]{12}$/, ""), ID_PREFIX);
}

/** A legal id of at most 40 characters (Q42) for a call that another provider made: the same each time. */
export function foreignCallId(id: string): string {
  if (/^[a-zA-Z0-9_-]{1,40}$/.test(id)) return id;
  return `call_${createHash("sha256").update(id).digest("hex").slice(0, 24)}`;
}

function randomPart(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 12);
}

function encode(state: unknown): string {
  return Buffer.from(JSON.stringify(state)).toString("base64url");
}

function decode<State extends { readonly provider: string }>(
  text: string | undefined,
  prefix: string,
): State | undefined {
  if (!text?.startsWith(prefix)) return undefined;
  try {
    const state = JSON.parse(Buffer.from(text.slice(prefix.length), "base64url").toString());
    return typeof state?.provider === "string" ? state : undefined;
  } catch {
    return undefined;
  }
}
