/** What is sent, and how often. */
import fixture from "../tests/fixtures/claude-code/01-first-turn.json" with { type: "json" };

export interface LoadCase {
  readonly name: string;
  readonly body: string;
  /** Deltas of each answer; 0: a whole answer. */
  readonly deltas: number;
}

/** A whole answer to each size of question. */
export const WHOLE: readonly LoadCase[] = [
  { name: "small", body: small("whole", false), deltas: 0 },
  { name: "50 KB", body: claudeCode(), deltas: 0 },
  { name: "400 KB", body: longHistory(), deltas: 0 },
];

/** Streams, asked for by a small question with a tool, as the client's always have. */
export const STREAMS: readonly LoadCase[] = [[200, 1], [200, 20], [2000, 1], [2000, 20]].map(
  ([deltas = 0, perChunk = 0]) => ({
    name: `${deltas} deltas, ${perChunk} a chunk`,
    body: small(`stream-${deltas}-${perChunk}`, true),
    deltas,
  }),
);

/** A stream that goes on until it is closed, a delta every 50 ms. */
export const PACED = small("paced", true);

function small(model: string, stream: boolean): string {
  const messages = [{ role: "user", content: "How long is a metre?" }];
  const forStreams = { stream: true, tools: fixture.body.tools.slice(0, 1) };
  return JSON.stringify({ model, max_tokens: 1000, ...(stream ? forStreams : {}), messages });
}

/** Claude Code's first turn: 12 tools and 50 KB. */
function claudeCode(): string {
  const { model: _model, stream: _stream, ...rest } = fixture.body;
  return JSON.stringify({ model: "whole", ...rest });
}

/** The same after forty tool calls whose results are 9 KB each. */
function longHistory(): string {
  const { model: _model, stream: _stream, messages, ...rest } = fixture.body;
  const line =
    '  const found = await search({ path: "src/main.ts", pattern: "quote \\" and tab\\t" });\n';
  const turns = Array.from({ length: 40 }, (_, turn) => {
    const id = `toolu_bench_${turn}_0123456789`;
    const input = { file_path: `/src/file_${turn}.ts` };
    return [
      { role: "assistant", content: [{ type: "tool_use", id, name: "Read", input }] },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: id, content: line.repeat(96) }],
      },
    ];
  });
  return JSON.stringify({ model: "whole", ...rest, messages: [...messages, ...turns.flat()] });
}
