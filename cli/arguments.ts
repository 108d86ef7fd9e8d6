/** What the words behind options must be. commander says which option is wrong, and the exit code is 2. */
import { InvalidArgumentError } from "commander";
import { MOST_WORKERS } from "../core/config.ts";

/** For an option that may be given more than once. */
export function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function portNumber(text: string): string {
  if (/^\d+$/.test(text) && Number(text) <= 65535) return text;
  throw new InvalidArgumentError("It must be a number from 0 to 65535; 0 is a free port.");
}

export function workerNumber(text: string): string {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_WORKERS) return text;
  throw new InvalidArgumentError(`It must be a number from 1 to ${MOST_WORKERS}.`);
}

export function logLevel(text: string): string {
  if (/^(?:debug|info|warning|error)$/i.test(text)) return text;
  throw new InvalidArgumentError("It must be DEBUG, INFO, WARNING or ERROR.");
}

export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}
