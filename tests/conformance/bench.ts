import type { Program } from "../../core/assemble.ts";
import type { Anthropic, ProviderAdapter } from "../../core/mod.ts";
import { Conversation, start } from "../support/conversation.ts";
import type { Dialect, Turn } from "../support/dialect.ts";
import { HARD_TOOLS } from "../support/hard_tools.ts";
import type { Simulator } from "../support/simulator.ts";

export interface Check {
  readonly sentence: string;
  run(bench: Bench): Promise<void>;
}

export const TWO_CALLS = {
  thinking: "I need two things at once.",
  text: "I will look.",
  calls: [
    { name: "Bash", input: { command: 'ls -la | grep "é"' } },
    { name: "Read", input: { file_path: "/tmp/a b.txt" } },
  ],
} satisfies Turn;

export const ONE_CALL = {
  thinking: "One more.",
  calls: [{ name: "NoInput", input: {} }],
} satisfies Turn;

export const DONE = { thinking: "That is all.", text: "All done." } satisfies Turn;

export interface BenchOptions {
  readonly name: string;
  readonly adapter: ProviderAdapter;
  readonly dialect: Dialect;
  readonly simulator: Simulator;
}

/** What a check works with: the adapter in the real program, and its provider. */
export class Bench {
  readonly dialect: Dialect;
  readonly simulator: Simulator;
  readonly program: Program;
  readonly model: string;
  /** The provider shows its thinking. */
  readonly thinks: boolean;
  readonly #options: BenchOptions;

  constructor(options: BenchOptions) {
    this.#options = options;
    this.dialect = options.dialect;
    this.simulator = options.simulator;
    this.model = options.dialect.model ?? "model-1";
    this.thinks = options.dialect.thinks ?? true;
    this.program = this.restart();
  }

  /** The program afresh, as after a restart: it remembers nothing. */
  restart(): Program {
    const { name, adapter, simulator } = this.#options;
    return start({ [name]: adapter }, name, simulator.baseUrl);
  }

  /** A conversation such as Claude Code begins. */
  talk(changes: Partial<Anthropic.Request> = {}): Conversation {
    return new Conversation(this.program, {
      model: this.model,
      max_tokens: 32_000,
      stream: true,
      system: [{ type: "text", text: "You are a coding agent." }],
      tools: HARD_TOOLS,
      thinking: { type: "adaptive" },
      ...changes,
    });
  }

  /** A request of one sentence. */
  question(changes: Partial<Anthropic.Request> = {}): Anthropic.Request {
    const { model } = this;
    const messages = [{ role: "user" as const, content: "Hi" }];
    return { model, max_tokens: 100, messages, ...changes };
  }
}
