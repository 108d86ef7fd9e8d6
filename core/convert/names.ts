import { createHash } from "node:crypto";
import type { Tool } from "../protocol/anthropic.ts";

/** What every provider takes (Q42, Q53); Anthropic allows 128 characters, and MCP servers use them. */
const LEGAL = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;

/** The tool names of one request, in both directions. The same name always becomes the same name upstream. */
export class ToolNames {
  readonly #clientNames = new Map<string, string>();

  constructor(tools: readonly Tool[] | null | undefined) {
    for (const { name } of tools ?? []) {
      this.#clientNames.set(toUpstreamName(name), name);
    }
    for (const { name } of tools ?? []) {
      const folded = name.toLowerCase();
      if (!this.#clientNames.has(folded)) this.#clientNames.set(folded, name);
    }
  }

  /**
   * The client's name for what the model called: long names are restored, and where a model got the case wrong or
   * wrote `functions.Read`, the tool it meant is found (Q90).
   */
  toClient(name: string): string {
    const bare = name.replace(/^functions[.:]/, "");
    return this.#clientNames.get(name) ?? this.#clientNames.get(bare) ??
      this.#clientNames.get(bare.toLowerCase()) ?? name;
  }
}

/** A name that is too long, or has other characters, keeps its beginning and gets a hash. */
export function toUpstreamName(name: string): string {
  if (LEGAL.test(name)) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.replaceAll(/^[^a-zA-Z_]|[^a-zA-Z0-9_-]/g, "_").slice(0, 55)}_${hash}`;
}
