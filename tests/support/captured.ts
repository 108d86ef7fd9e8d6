import type { Request } from "../../core/protocol/anthropic.ts";

/** The body of a request as Claude Code 2.1.330 sent it, by the number its file begins with. */
export function captured(number: string): Request {
  const folder = new URL("../fixtures/claude-code/", import.meta.url);
  const file = [...Deno.readDirSync(folder)].find(({ name }) => name.startsWith(`${number}-`));
  if (file === undefined) throw new Error(`no captured request ${number}`);
  return JSON.parse(Deno.readTextFileSync(new URL(file.name, folder))).body;
}
