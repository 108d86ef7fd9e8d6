import { askHealth } from "./health.ts";

/** Who has a port, in words; undefined where it is free. */
export async function holderOf(host: string, port: number): Promise<string | undefined> {
  try {
    Deno.listen({ hostname: host, port }).close();
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AddrInUse)) return undefined;
  }
  const health = await askHealth(`http://127.0.0.1:${port}`);
  if (health?.instance !== undefined) {
    return `a ccproxy called ${health.instance.name} (pid ${health.instance.pid})`;
  }
  if (health !== undefined) return "another ccproxy";
  return await askSystem(port) ?? "another program";
}

/** `lsof` prints a line per field: p123 is the pid, cNAME the command. */
async function askSystem(port: number): Promise<string | undefined> {
  try {
    const args = ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"];
    const { stdout } = await new Deno.Command("lsof", { args, stderr: "null" }).output();
    const said = new TextDecoder().decode(stdout);
    const pid = /^p(\d+)$/m.exec(said)?.[1];
    const command = /^c(.+)$/m.exec(said)?.[1];
    return pid === undefined ? undefined : `${command ?? "a process"} (pid ${pid})`;
  } catch {
    return undefined;
  }
}
