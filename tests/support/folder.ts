/** Runs a test in a folder of its own, which is removed afterwards. */
export async function inFolder(test: (directory: string) => unknown): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "ccproxy-test-" });
  try {
    await test(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}
