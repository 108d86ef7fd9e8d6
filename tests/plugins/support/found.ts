/** What the tests of web searches find. */
import type { ContentBlock, Message } from "../../../core/protocol/anthropic.ts";

export const page = {
  url: "https://deno.example/proxy",
  title: "Proxies",
  content: "Deno can proxy.",
};
export const other = { url: "https://docs.example/b", title: "B", content: "More." };

/** The text of an answer. */
export function textOf({ content }: Message): string {
  return content.map((block) => block.type === "text" ? block.text : "").join("");
}

/** The pages of a search's result, or its error. */
export function resultOf({ content }: Message): { url: string }[] {
  const isResult = (block: ContentBlock) => block.type === "web_search_tool_result";
  const [result] = content.filter(isResult) as { content: { url: string }[] }[];
  return result!.content;
}
