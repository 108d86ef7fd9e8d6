import assert from "node:assert/strict";
import { withoutCredentials } from "../../core/client_headers.ts";

Deno.test("withoutCredentials() shows all headers but those that let the client in", () => {
  const headers = withoutCredentials(
    new Headers({ Authorization: "Bearer k", "X-Api-Key": "k", Cookie: "k=1", "X-App": "cli" }),
  );
  assert.deepEqual([...headers], [["x-app", "cli"]]);
  assert.deepEqual([headers.get("X-APP"), headers.has("X-App")], ["cli", true]);
  assert.deepEqual([headers.get("Authorization"), headers.has("X-API-KEY")], [null, false]);
});
