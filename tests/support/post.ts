/** A small question, posted as Claude Code posts its own. */

const QUESTION = {
  model: "claude-opus",
  max_tokens: 10,
  messages: [{ role: "user", content: "Hi" }],
};

export interface Posting {
  /** Where the proxy is; any place will do for a program that is handed the request. */
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** POST /v1/messages; `asked` says what is not as in the small question. */
export function messagesRequest(
  asked: object = {},
  { url = "http://127.0.0.1", headers = {}, signal }: Posting = {},
): Request {
  return new Request(`${url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ ...QUESTION, ...asked }),
    signal: signal ?? null,
  });
}

/** The answer of a proxy that runs at `url`. */
export function post(url: string, asked: object = {}): Promise<Response> {
  return fetch(messagesRequest(asked, { url }));
}
