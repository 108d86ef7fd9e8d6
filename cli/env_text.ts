/** A name, then a value in quotes, which may go over several lines, or up to a comment or the end of the line. */
const VARIABLE =
  /^[^\S\n]*(?:export[^\S\n]+)?([\w.-]+)[^\S\n]*=[^\S\n]*("[^"]*"|'[^']*'|`[^`]*`|[^#\n]*)[^\n]*$/gm;

/** The variables of an env file, by the rules of Node's parseEnv, which Deno has only since 2.5. */
export function parseEnv(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [, name = "", value = ""] of text.replaceAll("\r\n", "\n").matchAll(VARIABLE)) {
    variables[name] = unquote(value);
  }
  return variables;
}

function unquote(value: string): string {
  const [, quote, inner = ""] = /^(["'`])([^]*)\1$/.exec(value) ?? [];
  if (quote === undefined) return value.trim();
  return quote === '"' ? inner.replaceAll("\\n", "\n") : inner;
}
