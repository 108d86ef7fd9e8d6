/** Hides secrets in a text that goes to a log or to a client. */
export type Redact = (text: string) => string;

export const HIDDEN = "[hidden]";

/** Shorter values are words that stand everywhere. */
const SHORTEST = 6;

/** What looks like a secret, whoever's it is: the part in the first group stays. */
const PATTERNS: readonly RegExp[] = [
  /\b((?:bearer|basic)\s+)[\w.~+/=-]{6,}/gi,
  /()\b(?:sk-[\w-]{8,}|AIza[\w-]{30,})/g,
  /((?:set-)?cookie:\s*)[^\r\n"]+/gi,
  /([?&](?:[\w-]*(?:key|token|secret|password|signature)|sig|code)=)[^&#\s"'<>]+/gi,
  /(\b[a-z][a-z+.-]*:\/\/)[^\s/@"']+(?=@)/gi,
];

/** Each of the patterns needs one of these. Most texts of a log have none: one test in place of five saves 10 us a line. */
const SUSPICIOUS = /bearer|basic|sk-|AIza|cookie|[?&]|:\/\//i;

/** Hides these values, also as JSON and as a part of a URL, and what looks like a key. */
export function makeRedactor(secrets: readonly string[]): Redact {
  const spellings = secrets.filter((secret) => secret.length >= SHORTEST).flatMap(spellingsOf);
  // The longest first: a secret may be a part of another.
  const values = [...new Set(spellings)].sort((one, other) => other.length - one.length);
  return function redact(text) {
    let clean = text;
    for (const value of values) if (clean.includes(value)) clean = clean.replaceAll(value, HIDDEN);
    if (!SUSPICIOUS.test(clean)) return clean;
    for (const pattern of PATTERNS) clean = clean.replace(pattern, `$1${HIDDEN}`);
    return clean;
  };
}

/** As it stands in a JSON string; providers and gateways pack JSON into JSON. */
function asJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function spellingsOf(secret: string): string[] {
  const quoted = asJson(secret);
  return [secret, quoted, asJson(quoted), asJson(asJson(quoted)), encodeURIComponent(secret)];
}
