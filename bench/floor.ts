/**
 * The limit of any JavaScript that looks at what goes by: parses the JSON of the question and writes it anew, and the same
 * for a whole answer. Of a stream it reads each chunk into a reused buffer, parses the JSON of each frame, and writes the
 * same bytes. `floor.ts UPSTREAM PORT`
 */
const [upstream, port] = Deno.args;

Deno.serve({ hostname: "127.0.0.1", port: Number(port), onListen: () => {} }, async (request) => {
  const { method, headers } = request;
  const body = JSON.stringify(await request.json());
  const response = await fetch(`${upstream}/v1/chat/completions`, { method, headers, body });
  if (response.headers.get("content-type")?.includes("json")) {
    return Response.json(await response.json());
  }
  return new Response(parsed(response.body!), {
    headers: { "content-type": "text/event-stream" },
  });
});

function parsed(body: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array> {
  const reader = body.getReader({ mode: "byob" });
  const decoder = new TextDecoder();
  let buffer = new ArrayBuffer(16 * 1024);
  let rest = "";
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await reader.read(new Uint8Array(buffer));
      if (done) return controller.close();
      const frames = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = frames.pop()!;
      for (const frame of frames) if (frame !== "data: [DONE]") JSON.parse(frame.slice(6));
      controller.enqueue(value.slice());
      buffer = value.buffer;
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
