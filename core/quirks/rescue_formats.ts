/** The markups in which models write tool calls when their server did not read them (Q86). */

export interface WrittenCall {
  readonly name: string;
  /** JSON, or the values by name as text. */
  readonly arguments: string | Readonly<Record<string, string>>;
}

interface Format {
  /** What the markup begins with. */
  readonly opens: string;
  /** The calls in a text that begins there. */
  read(text: string): WrittenCall[];
}

/** In the order in which they are tried; the first that finds a call wins. */
export const FORMATS: readonly Format[] = [
  { opens: "<tool_call>", read: readTagged },
  { opens: "<function=", read: readFunctionTags },
  { opens: "<minimax:tool_call>", read: (text) => readInvokes(text, "") },
  { opens: "<｜DSML｜", read: (text) => readInvokes(text, "｜DSML｜") },
  { opens: "<｜tool▁calls▁begin｜>", read: readCallBlocks },
  { opens: "<|tool_calls_section_begin|>", read: readCallSections },
  { opens: "[TOOL_CALLS]", read: readBracketed },
  {
    opens: "[TOOL_REQUEST]",
    read: (text) => readAll(/\[TOOL_REQUEST\](.*?)(?:\[END_TOOL_REQUEST\]|$)/gs, text),
  },
  { opens: "<|python_tag|>", read: (text) => readAll(/<\|python_tag\|>(.*?)(?:<\||$)/gs, text) },
  { opens: "<|channel|>commentary to=", read: readHarmony },
];

/** Inside `<tool_call>` stands JSON, function tags, or a name with key and value tags. */
function readTagged(text: string): WrittenCall[] {
  return [...text.matchAll(/<tool_call>(.*?)(?:<\/tool_call>|$)/gs)].flatMap(([, inside = ""]) => {
    if (inside.includes("<function=")) return readFunctionTags(inside);
    if (inside.trimStart().startsWith("{")) return readJsonCalls(inside);
    const name = /^\s*([\w.-]+)/.exec(inside)?.[1];
    const pairs = /<arg_key>(.*?)<\/arg_key>\s*<arg_value>(.*?)<\/arg_value>/gs;
    return name === undefined ? [] : [{ name, arguments: readPairs(inside, pairs) }];
  });
}

function readFunctionTags(text: string): WrittenCall[] {
  const calls = text.matchAll(/<function=([\w.-]+)>(.*?)(?:<\/function>|$)/gs);
  return [...calls].map(([, name = "", inside = ""]) => ({
    name,
    arguments: readPairs(inside, /<parameter=([\w.-]+)>\n?(.*?)\n?<\/parameter>/gs),
  }));
}

function readInvokes(text: string, mark: string): WrittenCall[] {
  const invoke = new RegExp(`<${mark}invoke name="([^"]+)">(.*?)(?:</${mark}invoke>|$)`, "gs");
  const parameter = new RegExp(
    `<${mark}parameter name="([^"]+)"[^>]*>(.*?)</${mark}parameter>`,
    "gs",
  );
  return [...text.matchAll(invoke)].map(([, name = "", inside = ""]) => ({
    name,
    arguments: readPairs(inside, parameter),
  }));
}

/** Older models write the word "function" where newer ones write the name, which then follows. */
function readCallBlocks(text: string): WrittenCall[] {
  const calls = text.matchAll(
    /<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>([\w.-]+)|([\w.-]+)<｜tool▁sep｜>)(.*?)(?:<｜tool▁call▁end｜>|$)/gs,
  );
  return [...calls].map(([, older, newer, inside = ""]) => ({
    name: older ?? newer ?? "",
    arguments: inside.replace(/^\s*```json|```\s*$/g, "").trim(),
  }));
}

function readCallSections(text: string): WrittenCall[] {
  const calls = text.matchAll(
    /<\|tool_call_begin\|>\s*(?:functions\.)?([\w-]+)(?::\d+)?\s*<\|tool_call_argument_begin\|>(.*?)(?:<\|tool_call_end\|>|$)/gs,
  );
  return [...calls].map(([, name = "", json = ""]) => ({ name, arguments: json.trim() }));
}

/** A list of calls, or a name followed by its arguments. */
function readBracketed(text: string): WrittenCall[] {
  return text.split("[TOOL_CALLS]").flatMap((part) => {
    const named = /^\s*([\w.-]+)\s*(?:\[ARGS\])?\s*(\{.*\})\s*$/s.exec(part);
    return named ? [{ name: named[1] ?? "", arguments: named[2] ?? "" }] : readJsonCalls(part);
  });
}

function readHarmony(text: string): WrittenCall[] {
  const calls = text.matchAll(
    /<\|channel\|>commentary to=(?:functions\.)?([\w-]+).*?<\|message\|>(.*?)(?:<\||$)/gs,
  );
  return [...calls].map(([, name = "", json = ""]) => ({ name, arguments: json.trim() }));
}

function readAll(pattern: RegExp, text: string): WrittenCall[] {
  return [...text.matchAll(pattern)].flatMap(([, json = ""]) => readJsonCalls(json));
}

/** The calls in a text that is `{"name", "arguments" | "parameters"}`, or a list of such; none in any other. */
export function readJsonCalls(text: string): WrittenCall[] {
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]).flatMap((call) => {
      const given = call?.arguments ?? call?.parameters ?? {};
      const json = typeof given === "string" ? given : JSON.stringify(given);
      return typeof call?.name === "string" ? [{ name: call.name, arguments: json }] : [];
    });
  } catch {
    return [];
  }
}

function readPairs(text: string, pattern: RegExp): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(pattern)].map(([, name = "", value = ""]) => [name.trim(), value]),
  );
}
