import assert from "node:assert/strict";
import { type Context, needsReview } from "../../plugins/auto_mode_review.ts";

const context = {
  platform: "linux",
  live_cwd: "/p/src",
  trusted_directories: {
    primary: { path: "/p", resolved: ["/p", "/real/p"] },
    additional: [{ path: "/extra", resolved: ["/extra"] }, "/more"],
    network: ["/net"],
    block_reads_outside_working_directories: false,
  },
};
const guarded = {
  ...context,
  trusted_directories: {
    ...context.trusted_directories,
    block_reads_outside_working_directories: true,
  },
};
const windows = {
  platform: "win32",
  live_cwd: "C:\\p",
  case_insensitive_paths: true,
  trusted_directories: { primary: { path: "C:\\p", resolved: [] } },
};

const rows: readonly [string, string, Record<string, unknown>, Context, boolean][] = [
  ["a shell command", "Bash", { command: "ls" }, context, true],
  ["the network", "WebFetch", { url: "https://a.example" }, context, true],
  ["an MCP tool", "mcp__mail__send", {}, context, true],
  ["an agent", "Agent", { prompt: "go" }, context, true],
  ["the agent's old name", "Task", { prompt: "go" }, context, true],
  ["a schedule", "CronCreate", {}, context, true],
  ["a tool nobody knows", "Frobnicate", {}, context, true],
  ["a list of tasks", "TaskList", {}, context, false],
  ["a list of schedules", "CronList", {}, context, false],
  ["tool search", "ToolSearch", { query: "x" }, context, false],
  ["reading anywhere", "Read", { file_path: "/etc/hosts" }, context, false],
  ["searching", "Grep", { pattern: "x" }, context, false],
  ["guarded reading outside", "Read", { file_path: "/etc/hosts" }, guarded, true],
  ["guarded reading inside", "Read", { file_path: "/p/a" }, guarded, false],
  ["guarded searching here", "Glob", { pattern: "*" }, guarded, false],
  ["writing inside", "Write", { file_path: "/p/src/a.ts" }, context, false],
  ["editing inside", "Edit", { file_path: "/p/a.ts" }, context, false],
  ["a relative path", "Write", { file_path: "a.ts" }, context, false],
  ["the folder's other name", "Write", { file_path: "/real/p/a" }, context, false],
  ["an additional folder", "Write", { file_path: "/extra/a" }, context, false],
  ["an additional folder by name only", "Write", { file_path: "/more/a" }, context, false],
  ["a network folder", "Write", { file_path: "/net/a" }, context, true],
  ["writing outside", "Write", { file_path: "/etc/hosts" }, context, true],
  ["climbing out", "Write", { file_path: "/p/../etc/hosts" }, context, true],
  ["climbing out by a relative path", "Write", { file_path: "../../etc/hosts" }, context, true],
  ["a neighbour with the same beginning", "Write", { file_path: "/pp/a" }, context, true],
  ["a file that begins with dots", "Write", { file_path: "/p/..a" }, context, false],
  ["the home folder's short name", "Write", { file_path: "~/a" }, context, true],
  ["no path", "Write", {}, context, true],
  ["a path that is no text", "Edit", { file_path: ["/p/a"] }, context, true],
  ["git's own files", "Write", { file_path: "/p/.git/hooks/pre-commit" }, context, true],
  ["the client's settings", "Edit", { file_path: "/p/.claude/settings.json" }, context, true],
  ["MCP servers", "Write", { file_path: "/p/.mcp.json" }, context, true],
  ["an ordinary dot file", "Write", { file_path: "/p/.gitignore" }, context, false],
  ["Windows, another case", "Write", { file_path: "c:\\P\\a.ts" }, windows, false],
  ["Windows, another drive", "Write", { file_path: "D:\\p\\a.ts" }, windows, true],
  ["Windows, protected", "Write", { file_path: "C:\\p\\.git\\config" }, windows, true],
  ["nothing known of the machine", "Write", { file_path: "/p/a" }, {}, true],
];

for (const [what, name, input, where, expected] of rows) {
  Deno.test(`needsReview(): ${what} ${expected ? "needs" : "needs no"} verdict`, () => {
    assert.equal(needsReview({ id: "call_1", name, input }, where), expected);
  });
}
