/** The client as a person sees it: in a terminal of its own, read off the screen. */
import { join } from "node:path";
import { kill } from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { client } from "./client.ts";
import { clientEnvironment, clientTest, type Stage, type StageOptions } from "./stage.ts";

const SCREEN_LIMIT_MS = 20_000;
const END_LIMIT_MS = 5_000;
const LOOK_MS = 50;

export interface Terminal {
  /** What can be seen now, without empty lines. */
  screen(): Promise<string>;
  /** The title that the client gave its window. */
  title(): Promise<string>;
  /** Looks until it sees it. Throws with the screen where it does not come. */
  see(pattern: RegExp): Promise<string>;
  seeTitle(pattern: RegExp): Promise<string>;
  /** Keys by tmux's names: Enter, Escape, Up, Down. */
  press(...keys: readonly string[]): Promise<void>;
  /** Types a line, sees that it has arrived, and presses Enter. */
  say(line: string): Promise<void>;
}

export interface InteractiveOptions extends StageOptions {
  /** What the client's environment has besides, or instead (an empty value removes a variable). */
  readonly environment?: Readonly<Record<string, string>>;
}

const tmuxIsHere = hasTmux();
if (!tmuxIsHere) console.error("SKIPPED: the tests in a terminal need tmux, and there is none");

/** A test with the client in a terminal; ignored where there is no client or no tmux. */
export function interactiveTest(
  name: string,
  { environment = {}, ...options }: InteractiveOptions,
  act: (terminal: Terminal, stage: Stage) => Promise<void>,
): void {
  if (!tmuxIsHere) return void Deno.test({ name, ignore: true, fn: () => {} });
  clientTest(name, options, async (stage) => {
    await skipDialogs(stage);
    const all = { ...clientEnvironment(stage.home, stage.proxy), ...environment };
    const tmux = await openTmux(stage, all);
    try {
      const terminal = makeTerminal(tmux);
      await terminal.see(/shift\+tab to cycle/);
      await act(terminal, stage);
    } finally {
      const client = Number(await tmux("display-message", "-p", "#{pane_pid}"));
      await tmux("kill-server");
      await ended(client);
    }
  });
}

/** What the client asks at its first start is answered beforehand. */
async function skipDialogs({ home, folder }: Stage): Promise<void> {
  const trusted = { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true };
  await Deno.writeTextFile(
    join(home, ".claude.json"),
    JSON.stringify({
      hasCompletedOnboarding: true,
      theme: "dark",
      projects: { [folder]: trusted },
    }),
  );
}

function hasTmux(): boolean {
  try {
    return new Deno.Command("tmux", { args: ["-V"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

type Tmux = (...args: readonly string[]) => Promise<string>;

/** A tmux server for this test alone, with the client in its only window. */
async function openTmux(
  { home, folder }: Stage,
  environment: Record<string, string>,
): Promise<Tmux> {
  async function tmux(...args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-S", join(home, "tmux.sock"), "-f", "/dev/null", ...args],
    }).output();
    if (!success) throw new Error(`tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }
  const variables = Object.entries({ ...environment, TERM: "xterm-256color" })
    .filter(([, value]) => value !== "").map(([name, value]) => `${name}=${value}`);
  await tmux(
    ...["new-session", "-d", "-x", "150", "-y", "50", "-c", folder],
    ...["env", "-i", ...variables, client ?? ""],
  );
  return tmux;
}

/** Waits for a process that is no child of ours; it still writes into its home. */
async function ended(pid: number): Promise<void> {
  const until = Date.now() + END_LIMIT_MS;
  for (;;) {
    try {
      kill(pid, Date.now() < until ? 0 : "SIGKILL");
    } catch {
      return;
    }
    await pause(LOOK_MS);
  }
}

function makeTerminal(tmux: Tmux): Terminal {
  async function screen() {
    const lines = (await tmux("capture-pane", "-p")).split("\n");
    return lines.map((line) => line.trimEnd()).filter((line) => line !== "").join("\n");
  }
  const title = () => tmux("display-message", "-p", "#{pane_title}");
  async function look(at: () => Promise<string>, pattern: RegExp): Promise<string> {
    const until = Date.now() + SCREEN_LIMIT_MS;
    for (;;) {
      const seen = await at();
      if (pattern.test(seen)) return seen;
      if (Date.now() > until) {
        throw new Error(`${pattern} did not come. The screen:\n${await screen()}`);
      }
      await pause(LOOK_MS);
    }
  }
  const see = (pattern: RegExp) => look(screen, pattern);
  const press = async (...keys: readonly string[]) => void await tmux("send-keys", ...keys);
  return {
    screen,
    title,
    see,
    seeTitle: (pattern) => look(title, pattern),
    press,
    async say(line) {
      await tmux("send-keys", "-l", line);
      await see(new RegExp(`❯\\s+${RegExp.escape(line)}`));
      await press("Enter");
    },
  };
}
