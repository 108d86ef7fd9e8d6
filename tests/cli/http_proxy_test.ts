import assert from "node:assert/strict";
import { post } from "../support/post.ts";
import { startProxyProcess } from "../support/proxy_process.ts";
import { startUpstream } from "../support/scripted_upstream.ts";

for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY"]) {
  Deno.test(`a model on this machine is asked past the ${name} of the shell`, async () => {
    await using upstream = startUpstream([{ text: "Here." }]);
    await using proxy = await startProxyProcess({
      settings: {
        [name]: "http://127.0.0.1:1",
        OPENAI_BASE_URL: upstream.baseUrl,
        MAX_RETRIES: "0",
      },
    });
    const response = await post(proxy.url);
    assert.match(await response.text(), /Here\./);
  });
}
