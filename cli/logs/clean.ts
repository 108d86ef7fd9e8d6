import { join } from "node:path";
import { expired, uncompressed } from "./retention.ts";

export interface Cleaned {
  readonly removed: readonly string[];
  readonly compressed: readonly string[];
}

export interface CleanOptions {
  /** Archives of earlier days than so many are removed. */
  readonly days: number;
  readonly today: Date;
}

/** Compresses and removes archives in a log folder. Several processes may do so at once. A missing folder is clean. */
export async function cleanLogs(
  directory: string,
  { days, today }: CleanOptions,
): Promise<Cleaned> {
  const files = list(directory);
  const removed = expired(files, today, days);
  for (const file of removed) await ignoringMissing(() => Deno.remove(join(directory, file)));
  const compressed: string[] = [];
  for (const file of uncompressed(files).filter((name) => !removed.includes(name))) {
    if (await compress(join(directory, file))) compressed.push(file);
  }
  return { removed, compressed };
}

/** The names in a folder; none where it does not exist. */
export function list(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].filter(({ isFile }) => isFile).map(({ name }) => name);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw thrown;
  }
}

/** FILE becomes FILE.gz. False where another process is at it, or the file is gone. */
async function compress(path: string): Promise<boolean> {
  const part = `${path}.gz.${Deno.pid}.part`;
  return await ignoringMissing(async () => {
    const source = await Deno.open(path);
    const target = await Deno.open(part, { write: true, create: true, truncate: true });
    await source.readable.pipeThrough(new CompressionStream("gzip")).pipeTo(target.writable);
    await Deno.rename(part, `${path}.gz`);
    await Deno.remove(path);
  });
}

async function ignoringMissing(action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}
