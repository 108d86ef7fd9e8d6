/**
 * The chat completions address under a base URL, whose query is kept (Q45). By hand: to set the path of a URL takes 3 us,
 * and each request asks for it.
 */
export function completionsUrl(baseUrl: string): string {
  const [, address = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(baseUrl) ?? [];
  return `${address.replace(/\/+$/, "")}/chat/completions${rest}`;
}
