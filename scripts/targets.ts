/** What is compiled, and how. Pure. */
import denoJson from "../deno.json" with { type: "json" };

export interface Target {
  /** As in the name of the file: ccproxy-linux-x64. */
  readonly name: string;
  /** As `deno compile --target` wants it. */
  readonly triple: string;
}

export const TARGETS: readonly Target[] = [
  { name: "linux-x64", triple: "x86_64-unknown-linux-gnu" },
  { name: "linux-arm64", triple: "aarch64-unknown-linux-gnu" },
  { name: "macos-x64", triple: "x86_64-apple-darwin" },
  { name: "macos-arm64", triple: "aarch64-apple-darwin" },
  { name: "windows-x64", triple: "x86_64-pc-windows-msvc" },
];

/** Baked into the binary: what `deno task ccproxy` has between `run` and main.ts. */
const FLAGS = denoJson.tasks.ccproxy.split(" ").slice(2, -1);

/**
 * `target` undefined: for this machine, as FOLDER/ccproxy. `deno check` has looked at the types already. Packages that only
 * tests use are a third of the binary; Deno can leave them out since 2.9.
 */
export function compileArguments(
  target: Target | undefined,
  folder: string,
  version = Deno.version.deno,
): string[] {
  return [
    "compile",
    "--no-check",
    // Deno 2.4 reads these from the command only.
    ...denoJson.unstable.map((feature) => `--unstable-${feature}`),
    ...FLAGS,
    ...(leavesOut(version) ? ["--exclude-unused-npm"] : []),
    ...(target === undefined ? [] : ["--target", target.triple]),
    "--output",
    outputOf(target, folder),
    "main.ts",
  ];
}

export function outputOf(target: Target | undefined, folder: string): string {
  if (target === undefined) return `${folder}/ccproxy`;
  const extension = target.name.startsWith("windows") ? ".exe" : "";
  return `${folder}/ccproxy-${target.name}${extension}`;
}

function leavesOut(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 9);
}

/** What to say where a build failed; undefined where its own words say enough. */
export function explain(complaint: string, denort: string | undefined): string | undefined {
  const download =
    /error sending request|denort|dl\.deno\.land|dns error|client error \(Connect\)/i;
  if (!download.test(complaint)) return undefined;
  if (denort !== undefined) {
    return `DENORT_BIN is ${denort}, but it cannot be used as the base binary. It must be the ` +
      "`denort` of this very version of Deno, for the machine that you compile for";
  }
  return "The base binary (denort) could not be downloaded from dl.deno.land. Where that host cannot be " +
    "reached, get denort-<target>.zip of this version of Deno from its GitHub release by other means, unpack " +
    "it, and set DENORT_BIN to the file";
}

/** As `sha256sum -c` reads it. */
export function checksumLine(digest: Uint8Array, file: string): string {
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex}  ${file}`;
}
