/** Which proxies make up a fleet. Pure: text in, instances out. */
import { Failure } from "../failure.ts";

export interface Instance {
  readonly name: string;
  readonly port: number;
  /** Its env file, relative to the working folder. */
  readonly env: string;
}

const FORM = "PORT:ENV-FILE:NAME, for instance 8081:.env-kimi-k2:Kimi-K2";

/** `8081:.env-kimi-k2:Kimi-K2`. Throws Failure for anything else. */
export function parseInstance(text: string): Instance {
  const [, port, env, name] = /^(\d+):(.+):([^:]+)$/.exec(text.trim()) ?? [];
  if (port === undefined || env === undefined || name === undefined) {
    throw new Failure(`"${text}" is no instance: it must be ${FORM}`, 2);
  }
  if (Number(port) < 1 || Number(port) > 65535) {
    throw new Failure(`${port} is no port: "${text}" needs one between 1 and 65535`, 2);
  }
  if (!/^[\w][\w.-]*$/.test(name)) {
    throw new Failure(
      `"${name}" is no name for an instance: use letters, digits, "-", "_" and "."`,
      2,
    );
  }
  return { name, port: Number(port), env };
}

/** `PORT:ENV:NAME`, as it is typed. */
export function formatInstance({ port, env, name }: Instance): string {
  return `${port}:${env}:${name}`;
}

/** proxies.json: a list of instances in the same form. Throws Failure that names the file. */
export function parseFile(text: string, path: string): readonly Instance[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (thrown) {
    throw new Failure(`${path} is not JSON: ${(thrown as Error).message}`);
  }
  if (!Array.isArray(list) || !list.every((item) => typeof item === "string")) {
    throw new Failure(`${path} must be a list of texts of the form ${FORM}`);
  }
  if (list.length === 0) throw new Failure(`${path} names no instance: write some as ${FORM}`);
  try {
    return checkFleet(list.map(parseInstance));
  } catch (thrown) {
    throw new Failure(`${path}: ${(thrown as Error).message}`);
  }
}

/** Throws Failure where two share a name or a port. */
export function checkFleet(instances: readonly Instance[]): readonly Instance[] {
  for (const field of ["name", "port"] as const) {
    const seen = new Set<unknown>();
    for (const instance of instances) {
      if (seen.has(instance[field])) {
        throw new Failure(`Two instances have the ${field} ${instance[field]}`, 2);
      }
      seen.add(instance[field]);
    }
  }
  return instances;
}

/** Those that are named; all where none is. Throws Failure for an unknown name. */
export function pick(
  instances: readonly Instance[],
  names: readonly string[],
): readonly Instance[] {
  for (const name of names) {
    if (instances.some((instance) => instance.name === name)) continue;
    const known = instances.map((instance) => instance.name).join(", ");
    throw new Failure(`There is no instance "${name}"; there are ${known}`, 2);
  }
  return names.length === 0 ? instances : instances.filter(({ name }) => names.includes(name));
}
