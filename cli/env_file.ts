/** The text of an env file. Pure. */
export interface Answers {
  readonly provider: string;
  readonly label: string;
  readonly baseUrl: string;
  /** Empty where none is wanted, or it is still to be filled in. */
  readonly key: string;
  readonly big: string;
  /** Absent: the same as `big`. */
  readonly middle?: string;
  readonly small: string;
  readonly port: string;
}

/** The env file for these answers. */
export function envFile(
  { provider, label, baseUrl, key, big, middle, small, port }: Answers,
): string {
  const lines = [
    `# ccproxy for ${label}`,
    variable("OPENAI_API_KEY", key),
    variable("OPENAI_BASE_URL", baseUrl),
    variable("PROVIDER", provider),
    variable("BIG_MODEL", big),
    variable("MIDDLE_MODEL", middle ?? big),
    variable("SMALL_MODEL", small),
    '# For callers on other machines: HOST="0.0.0.0", and a key of your own in ANTHROPIC_API_KEY.',
    variable("HOST", "127.0.0.1"),
    variable("PORT", port),
  ];
  return `${lines.join("\n")}\n`;
}

/** In the quotes that the value does not hold itself. */
function variable(name: string, value: string): string {
  const quote = ['"', "'", "`"].find((mark) => !value.includes(mark)) ?? "";
  return `${name}=${quote}${value}${quote}`;
}
