/** What an instance says of itself. */
export interface Health {
  readonly status: string;
  readonly uptime: number;
  readonly version: string;
  readonly models: {
    readonly big_model: string;
    readonly middle_model: string;
    readonly small_model: string;
  };
  /** Who answers; only from `start`. */
  readonly instance?: { readonly name: string; readonly pid: number };
  readonly requests?: { readonly total: number; readonly errors: number };
}

const LIMIT_MS = 2_000;

/** Undefined where nobody answers in time, or somebody who is no ccproxy. */
export async function askHealth(url: string): Promise<Health | undefined> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(LIMIT_MS) });
    const health = await response.json();
    return typeof health?.models?.big_model === "string" ? health : undefined;
  } catch {
    return undefined;
  }
}

/** Its models, each once. */
export function modelsOf({ models }: Health): string {
  return [...new Set([models.big_model, models.middle_model, models.small_model])].join(", ");
}
