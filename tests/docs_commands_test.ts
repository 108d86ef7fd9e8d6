/** Every command that the documents show is one that there is. */
import assert from "node:assert/strict";
import type { Command } from "commander";
import { makeCommands } from "../cli/mod.ts";

const root = new URL("../", import.meta.url);
const { tasks } = JSON.parse(read("deno.json"));
const commands = makeCommands({ providers: {}, plugins: [], version: "0" });

function read(file: string): string {
  return Deno.readTextFileSync(new URL(file, root));
}

const FILES = [
  "README.md",
  "CONTRIBUTING.md",
  ...[...Deno.readDirSync(new URL("docs/", root))].map(({ name }) => `docs/${name}`)
    .filter((name) => name.endsWith(".md")),
];

/** The words after `deno task` or the binary's name, in the code of a document. */
function shown(text: string): string[][] {
  const code = [...text.matchAll(/```[a-z]*\n(.*?)```|`([^`\n]+)`/gs)]
    .map(([, block, inline]) => block ?? inline ?? "").join("\n").replaceAll(/\s#.*/g, "");
  const calls = code.matchAll(/(?:deno(?:@[\d.]+)? task|dist\/ccproxy|bin\/ccproxy) +([^\n`|]+)/g);
  return [...calls].map(([call, words = ""]) => {
    const list = words.trim().split(/\s+/);
    return call.includes("/ccproxy") ? ["ccproxy", ...list] : list;
  });
}

/** The command that the words lead to, and what of them is left. */
function find(words: readonly string[]): { command: Command; rest: readonly string[] } {
  let command: Command = commands;
  let rest = words;
  for (;;) {
    const next = command.commands.find((one) => one.name() === rest[0]);
    if (next === undefined) return { command, rest };
    command = next;
    rest = rest.slice(1);
  }
}

for (const file of FILES) {
  Deno.test(`${file} shows only tasks, commands and options that there are`, () => {
    for (const [task = "", ...words] of shown(read(file))) {
      assert.ok(task in tasks, `deno task ${task}`);
      if (!["ccproxy", "start", "demo"].includes(task) || words.join("") === "") continue;
      const { command, rest } = find(task === "ccproxy" ? words : [task, ...words]);
      assert.notEqual(command.name(), "ccproxy", `ccproxy ${words.join(" ")}`);
      const own = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : rest.length);
      for (const word of own.filter((one) => one.startsWith("-"))) {
        const flag = word.split("=")[0];
        const known = command.options.some(({ long, short }) => flag === long || flag === short);
        assert.ok(known || flag === "--help", `${command.name()} ${word}`);
      }
    }
  });
}

function* leaves(command: Command): Generator<Command> {
  if (command.commands.length === 0) yield command;
  for (const one of command.commands) yield* leaves(one);
}

for (const command of leaves(commands)) {
  Deno.test(`the help of ${command.name()} has an example`, () => {
    let help = "";
    command.configureOutput({ writeOut: (text) => help += text }).outputHelp();
    assert.match(help, /Example: deno task /);
  });
}
