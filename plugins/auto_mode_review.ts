/** Which tool calls need a judgement, by what the client says of the machine it runs on (section 3.2). */
import { posix, win32 } from "node:path";
import type { Anthropic } from "../core/mod.ts";
import type { ToolCall } from "./auto_mode.ts";

/** `classifier_context` as far as it is read here; all of it comes from outside. */
export interface Context {
  readonly platform?: unknown;
  readonly live_cwd?: unknown;
  readonly case_insensitive_paths?: unknown;
  readonly trusted_directories?: {
    readonly primary?: unknown;
    readonly additional?: unknown;
    readonly block_reads_outside_working_directories?: unknown;
  } | null;
  readonly [field: string]: unknown;
}

/** They change nothing outside the session; a subagent's report the client checks by itself in any case. */
const HARMLESS = new Set([
  "AskUserQuestion",
  "CronList",
  "EnterPlanMode",
  "ExitPlanMode",
  "ListAgents",
  "ReportFindings",
  "SubagentHandback",
  "TaskCreate",
  "TaskGet",
  "TaskList",
  "TaskOutput",
  "TaskUpdate",
  "TodoWrite",
  "ToolSearch",
]);

/** The path that a tool reads or writes, by the name of its argument. */
const READERS: Readonly<Record<string, string>> = {
  Glob: "path",
  Grep: "path",
  LS: "path",
  NotebookRead: "notebook_path",
  Read: "file_path",
};
const WRITERS: Readonly<Record<string, string>> = {
  Edit: "file_path",
  MultiEdit: "file_path",
  NotebookEdit: "notebook_path",
  Write: "file_path",
};

/** What is written here is run, or decides what may be run: it needs a verdict inside trusted folders too. */
const PROTECTED =
  /(?:^|[\\/])(?:\.git|\.claude|\.vscode|\.idea|\.husky|\.devcontainer|\.ssh|\.mcp\.json|\.claude\.json|\.gitconfig|\.gitmodules|\.npmrc|\.envrc|\.ripgreprc|\.(?:bash|zsh)[a-z_]*|\.profile)(?:[\\/]|$)/i;

/** The client's description of its machine; empty where it gave none. */
export function readContext({ safeguards }: Anthropic.Request): Context {
  const asked = safeguards?.find(({ type }) => type === "dangerous_tool_use");
  const context = asked?.["classifier_context"];
  return typeof context === "object" && context !== null ? context as Context : {};
}

/** False for a call that the client runs without a verdict; whatever is not known here needs one. */
export function needsReview({ name, input }: ToolCall, context: Context): boolean {
  if (HARMLESS.has(name)) return false;
  const read = READERS[name];
  if (read !== undefined) {
    const guarded = context.trusted_directories?.block_reads_outside_working_directories === true;
    return guarded && !isTrusted(input?.[read] ?? context.live_cwd, context);
  }
  const written = WRITERS[name];
  if (written === undefined) return true;
  const path = input?.[written];
  return !isTrusted(path, context) || PROTECTED.test(String(path));
}

function isTrusted(path: unknown, context: Context): boolean {
  const { platform, live_cwd: cwd, trusted_directories: trusted } = context;
  if (typeof path !== "string" || path === "" || typeof cwd !== "string") return false;
  const paths = platform === "win32" ? win32 : posix;
  if (!paths.isAbsolute(cwd) || path.startsWith("~")) return false;
  const fold = (text: string) => context.case_insensitive_paths ? text.toLowerCase() : text;
  const target = fold(paths.resolve(cwd, path));
  return rootsOf([trusted?.primary, trusted?.additional]).some((root) => {
    if (!paths.isAbsolute(root)) return false;
    const way = paths.relative(fold(root), target);
    return way !== ".." && !way.startsWith(`..${paths.sep}`) && !paths.isAbsolute(way);
  });
}

/** Folders are named as strings, or as `{path, resolved}`. */
function rootsOf(folders: unknown): string[] {
  if (typeof folders === "string") return [folders];
  if (Array.isArray(folders)) return folders.flatMap(rootsOf);
  if (typeof folders !== "object" || folders === null) return [];
  const { path, resolved } = folders as { path?: unknown; resolved?: unknown };
  return rootsOf([path, resolved]);
}
