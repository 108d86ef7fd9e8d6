import assert from "node:assert/strict";
import { join } from "node:path";
import type { Status } from "../../../cli/fleet/status.ts";
import { ccproxy, command, freePorts } from "../../support/command.ts";
import { inFolder } from "../../support/folder.ts";

const NAMES = ["Kimi-K2", "GLM", "MiniMax"];

/** A folder with three env files and their proxies.json; whatever runs in it is stopped at the end. */
function inFleet(test: (cwd: string, ports: readonly number[]) => Promise<void>): Promise<void> {
  return inFolder(async (cwd) => {
    const ports = freePorts(NAMES.length);
    for (const name of NAMES) {
      const settings =
        `HOST=127.0.0.1\nOPENAI_BASE_URL=http://127.0.0.1:1999/v1\nBIG_MODEL=${name}-big\n`;
      Deno.writeTextFileSync(join(cwd, `.env-${name}`), settings);
    }
    const list = NAMES.map((name, index) => `${ports[index]}:.env-${name}:${name}`);
    Deno.writeTextFileSync(join(cwd, "proxies.json"), JSON.stringify(list));
    try {
      await test(cwd, ports);
    } finally {
      await ccproxy(["fleet", "stop"], { cwd });
    }
  });
}

async function statuses(cwd: string): Promise<{ code: number; all: Status[] }> {
  const { code, stdout } = await ccproxy(["fleet", "status", "--json"], { cwd });
  return { code, all: JSON.parse(stdout) };
}

Deno.test("fleet start, status, restart and stop manage three instances", () =>
  inFleet(async (cwd, ports) => {
    const started = await ccproxy(["fleet", "start"], { cwd });
    assert.equal(started.code, 0, started.stdout + started.stderr);
    assert.match(started.stdout, /Kimi-K2 +started +\d+ +pid \d+ +Kimi-K2-big, gpt-4o-mini/);

    const { code, all } = await statuses(cwd);
    assert.equal(code, 0);
    assert.deepEqual(all.map(({ name, state, port }) => [name, state, port]), [
      ["Kimi-K2", "running", ports[0]],
      ["GLM", "running", ports[1]],
      ["MiniMax", "running", ports[2]],
    ]);
    const pid = Number(Deno.readTextFileSync(join(cwd, "pids/GLM.pid")).split("\n")[0]);
    assert.equal(all[1]!.pid, pid);
    assert.deepEqual([all[1]!.requests, all[1]!.errors], [0, 0]);

    Deno.kill(pid, "SIGKILL");
    const after = await statuses(cwd);
    assert.equal(after.code, 1);
    assert.deepEqual(after.all.map(({ state }) => state), ["running", "stopped", "running"]);

    const restarted = await ccproxy(["fleet", "restart", "GLM"], { cwd });
    assert.match(restarted.stdout, /^GLM +started/);
    const again = await ccproxy(["fleet", "start"], { cwd });
    assert.equal(again.stdout.match(/already running/g)?.length, 3);
    assert.doesNotMatch(again.stdout, /starting/);

    const stopped = await ccproxy(["fleet", "stop"], { cwd });
    assert.equal(stopped.stdout, "Kimi-K2  stopped\nGLM      stopped\nMiniMax  stopped\n");
    assert.deepEqual((await statuses(cwd)).all.map(({ state }) => state), [
      "stopped",
      "stopped",
      "stopped",
    ]);
  }));

Deno.test("fleet status and stop find what was started by flags", () =>
  inFleet(async (cwd, ports) => {
    Deno.removeSync(join(cwd, "proxies.json"));
    const instance = `${ports[0]}:.env-GLM:GLM`;
    await ccproxy(["fleet", "start", "--instance", instance], { cwd });
    const foreground = ["fleet", "start", "--foreground", "--instance", instance];
    const { stderr } = await ccproxy(foreground, { cwd });
    assert.match(stderr, /^GLM runs here already/);
    const { code, all } = await statuses(cwd);
    assert.deepEqual([code, ...all.map(({ name, state }) => `${name} ${state}`)], [
      0,
      "GLM running",
    ]);
    const stopped = await ccproxy(["fleet", "stop"], { cwd });
    assert.equal(stopped.stdout, "GLM  stopped\n");
  }));

Deno.test("fleet start says who has a port, and starts the others", () =>
  inFleet(async (cwd, ports) => {
    const other = Deno.serve(
      { hostname: "127.0.0.1", port: ports[1]!, onListen: () => {} },
      () => new Response("not a proxy"),
    );
    const started = await ccproxy(["fleet", "start"], { cwd });
    await other.shutdown();
    assert.equal(started.code, 1);
    assert.match(started.stdout, new RegExp(`GLM +failed .*port ${ports[1]} is taken by .+`));
    assert.match(started.stdout, /MiniMax +started/);
    assert.equal(started.stderr, "Did not start: GLM\n");
  }));

Deno.test("fleet start repeats what an instance said before it ended", () =>
  inFleet(async (cwd) => {
    Deno.writeTextFileSync(join(cwd, ".env-GLM"), "HOST=127.0.0.1\nREQUEST_TIMEOUT=soon\n");
    const { code, stdout } = await ccproxy(["fleet", "start", "GLM"], { cwd });
    assert.equal(code, 1);
    assert.match(stdout, /GLM +failed .*REQUEST_TIMEOUT must be a whole number/);
  }));

Deno.test("fleet takes a recycled pid for what it is, and does not touch that process", () =>
  inFleet(async (cwd) => {
    Deno.mkdirSync(join(cwd, "pids"));
    const path = join(cwd, "pids/GLM.pid");
    const ours = `${Deno.pid}\nSun Nov  1 00:00:00 2020\n`;
    Deno.writeTextFileSync(path, ours);
    const stopped = await ccproxy(["fleet", "stop", "GLM"], { cwd });
    assert.equal(stopped.stdout, "GLM  was not running\n");
    Deno.writeTextFileSync(path, ours);
    const { all } = await statuses(cwd);
    assert.equal(all[1]!.state, "stopped");
    assert.match(all[1]!.note, /is not ours any more/);
    assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
  }));

Deno.test("fleet logs shows the last lines and, with --follow, what comes", () =>
  inFleet(async (cwd) => {
    const none = await ccproxy(["fleet", "logs", "GLM"], { cwd });
    assert.deepEqual([none.code, none.stderr], [0, "GLM has no log yet\n"]);
    Deno.mkdirSync(join(cwd, "logs"));
    const path = join(cwd, "logs/GLM.log");
    const line = (message: string) =>
      `${JSON.stringify({ time: "2026-11-22T02:00:00.000Z", level: "INFO", message })}\n`;
    Deno.writeTextFileSync(path, line("one") + line("two") + line("thr\u00e9e"));
    const last = await ccproxy(["fleet", "logs", "GLM", "-n", "2"], { cwd });
    assert.equal(
      last.stdout,
      "2026-11-22 02:00:00 INFO    two\n2026-11-22 02:00:00 INFO    thr\u00e9e\n",
    );
    assert.equal((await ccproxy(["fleet", "logs", "-n", "few"], { cwd })).code, 2);
    const following = command(["fleet", "logs", "GLM", "--follow", "--json"], { cwd }).spawn();
    const lines = linesOf(following.stdout);
    await lines.until(/thr\u00e9e/);
    Deno.writeTextFileSync(path, line("four"), { append: true });
    await lines.until(/four/);
    Deno.writeTextFileSync(path, line("a new file"));
    await lines.until(/a new file/);
    following.kill("SIGTERM");
    await lines.rest();
    await following.stderr.cancel();
    await following.status;
  }));

Deno.test("fleet start --foreground starts again what falls, and ends all on SIGTERM", () =>
  inFleet(async (cwd) => {
    const supervisor = command(["fleet", "start", "GLM", "--foreground"], { cwd }).spawn();
    const lines = linesOf(supervisor.stdout);
    await lines.until(/GLM \| .*listens on/);
    const another = await ccproxy(["fleet", "start", "--foreground"], { cwd });
    assert.equal(another.code, 1);
    assert.match(another.stderr, /^A supervisor runs here already \(pid \d+\): .*fleet stop/);
    const pid = Number(Deno.readTextFileSync(join(cwd, "pids/GLM.pid")).split("\n")[0]);
    Deno.kill(pid, "SIGKILL");
    await lines.until(/GLM \| ended with code 137; it is started again in 1 s/);
    await lines.until(/GLM \| .*listens on/);
    supervisor.kill("SIGTERM");
    await lines.rest();
    await supervisor.stderr.cancel();
    assert.equal((await supervisor.status).code, 0);
    assert.deepEqual([...Deno.readDirSync(join(cwd, "pids"))], []);
  }));

Deno.test("fleet stop finds a supervisor without ps, and says what it stopped together with it", () =>
  inFleet(async (cwd) => {
    const bin = join(cwd, "bin");
    Deno.mkdirSync(bin);
    if (Deno.build.os === "linux") Deno.symlinkSync("/bin/cat", join(bin, "cat"));
    const env = Deno.build.os === "linux" ? { PATH: bin } : {};
    const supervisor = command(["fleet", "start", "GLM", "--foreground"], { cwd, env }).spawn();
    const lines = linesOf(supervisor.stdout);
    await lines.until(/GLM \| .*listens on/);
    const { stdout } = await ccproxy(["fleet", "stop"], { cwd, env });
    await lines.rest();
    await supervisor.stderr.cancel();
    assert.equal((await supervisor.status).code, 0);
    assert.match(stdout, /^GLM +stopped$/m);
  }));

function linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async until(pattern: RegExp) {
      for (;;) {
        const found = pattern.exec(text);
        if (found !== null) {
          text = text.slice(found.index + found[0].length);
          return;
        }
        const { value, done } = await reader.read();
        assert.ok(!done, `ended before ${pattern}: ${text}`);
        text += value;
      }
    },
    async rest() {
      while (!(await reader.read()).done);
    },
  };
}
