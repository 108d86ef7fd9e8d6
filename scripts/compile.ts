/** Builds dist/ccproxy for this machine; with --all one binary for each target. Checksums stand beside them. */
import { basename } from "node:path";
import {
  checksumLine,
  compileArguments,
  explain,
  outputOf,
  type Target,
  TARGETS,
} from "./targets.ts";

const FOLDER = "dist";

const all = Deno.args.includes("--all");
const targets: readonly (Target | undefined)[] = all ? TARGETS : [undefined];
Deno.mkdirSync(FOLDER, { recursive: true });
const sums: string[] = [];
for (const target of targets) {
  const file = await compile(target);
  const digest = await crypto.subtle.digest("SHA-256", Deno.readFileSync(file));
  sums.push(checksumLine(new Uint8Array(digest), basename(file)));
  console.log(`${file}  ${(Deno.statSync(file).size / 1e6).toFixed(1)} MB`);
}
Deno.writeTextFileSync(`${FOLDER}/SHA256SUMS`, `${sums.join("\n")}\n`);
console.log(`${FOLDER}/SHA256SUMS`);

/** The path of the binary. Ends the process where it cannot be built. */
async function compile(target: Target | undefined): Promise<string> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: compileArguments(target, FOLDER),
    stdout: "inherit",
    stderr: "piped",
  }).output();
  const complaint = new TextDecoder().decode(stderr);
  if (!success) {
    console.error(complaint.trim());
    console.error(explain(complaint, Deno.env.get("DENORT_BIN")) ?? "");
    Deno.exit(1);
  }
  const file = outputOf(target, FOLDER);
  // On Windows the compiler adds the extension by itself.
  return Deno.build.os === "windows" && !file.endsWith(".exe") ? `${file}.exe` : file;
}
