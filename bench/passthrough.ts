/**
 * The limit of the runtime's native path: the request's bytes in, the body of a fetch handed on untouched.
 * `passthrough.ts UPSTREAM PORT`
 */
const [upstream, port] = Deno.args;

Deno.serve({ hostname: "127.0.0.1", port: Number(port), onListen: () => {} }, async (request) => {
  const { method, headers } = request;
  return fetch(`${upstream}/v1/chat/completions`, { method, headers, body: await request.bytes() });
});
