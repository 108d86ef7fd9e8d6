/** The real Claude Code: fetched from npm once, started directly. */
import { join } from "node:path";

const CLIENT_VERSION = "2.1.330";

const PACKAGE = "@anthropic-ai/claude-code";
const FETCH_LIMIT_MS = 300_000;

/** The client's binary, or undefined where this machine cannot have it; then it has been said why. */
export const client: string | undefined = await findClient();

async function findClient(): Promise<string | undefined> {
  const folder = join(cacheFolder(), `claude-code-${CLIENT_VERSION}`);
  const binary = join(folder, "node_modules", `${PACKAGE}-${platform()}`, executable());
  if (await exists(binary)) return binary;
  console.log(`Fetching ${PACKAGE}@${CLIENT_VERSION} into ${folder}`);
  const trouble = await install(folder);
  if (trouble !== undefined) {
    console.error(`SKIPPED: the tests with the real client cannot run. ${trouble}`);
    return undefined;
  }
  if (await exists(binary)) return binary;
  console.error(`SKIPPED: ${PACKAGE}@${CLIENT_VERSION} has no binary for ${platform()}`);
  return undefined;
}

/** Installs beside the final place and renames, so that an interrupted download is never taken for a whole one. */
async function install(folder: string): Promise<string | undefined> {
  await Deno.mkdir(cacheFolder(), { recursive: true });
  const unfinished = await Deno.makeTempDir({ dir: cacheFolder(), prefix: "unfinished-" });
  try {
    const { success, stderr } = await new Deno.Command("npm", {
      args: [
        ...["install", "--prefix", unfinished, "--ignore-scripts", "--no-audit", "--no-fund"],
        `${PACKAGE}@${CLIENT_VERSION}`,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal: AbortSignal.timeout(FETCH_LIMIT_MS),
    }).output();
    const complaint = new TextDecoder().decode(stderr);
    if (!success && isUnreachable(complaint)) return `npm cannot be reached: ${complaint}`;
    if (!success) throw new Error(`npm could not install ${PACKAGE}: ${complaint}`);
    await Deno.rename(unfinished, folder);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return "There is no npm on this machine.";
    throw thrown;
  } finally {
    await Deno.remove(unfinished, { recursive: true }).catch(() => {});
  }
}

function isUnreachable(complaint: string): boolean {
  return /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH/.test(complaint);
}

function cacheFolder(): string {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? "/tmp", ".cache");
  return join(cache, "ccproxy-e2e");
}

/** As npm's platform packages are named. */
function platform(): string {
  const system = { windows: "win32" }[Deno.build.os as string] ?? Deno.build.os;
  return `${system}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
}

function executable(): string {
  return Deno.build.os === "windows" ? "claude.exe" : "claude";
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
