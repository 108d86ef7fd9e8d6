/** Which log files there should be. Pure: names and days in, names out. Days are UTC, like the times in the files. */

const ARCHIVE = /^(?<name>.+)-(?<day>\d{4}-\d\d-\d\d)\.(?<number>\d+)\.log(?:\.gz)?$/;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The day in UTC: `2026-11-22`. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** What NAME.log of that day is called once it is set aside: `NAME-2026-11-22.1.log`, numbered from 1. */
export function archiveName(name: string, day: string, present: Iterable<string>): string {
  const numbers = [...present].map((file) => ARCHIVE.exec(file)?.groups)
    .filter((groups) => groups?.["name"] === name && groups["day"] === day)
    .map((groups) => Number(groups?.["number"]));
  return `${name}-${day}.${Math.max(0, ...numbers) + 1}.log`;
}

/** Archives older than so many whole days before today. Files that are not ours are never named. */
export function expired(files: Iterable<string>, today: Date, days: number): string[] {
  const oldest = dayOf(new Date(today.getTime() - days * DAY_MS));
  return [...files].filter((file) => {
    const day = ARCHIVE.exec(file)?.groups?.["day"];
    return day !== undefined && day < oldest;
  });
}

/** Archives that are not compressed yet. */
export function uncompressed(files: Iterable<string>): string[] {
  return [...files].filter((file) => ARCHIVE.test(file) && file.endsWith(".log"));
}
