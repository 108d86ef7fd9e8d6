/** A plugin file: the adapter of OpenAI as it is at its own address, in front of a server of the tests. */
import { openai } from "../../../providers/openai.ts";
import { atHome } from "../../support/own_host.ts";

export const name = "openai";
export const adapter = atHome(openai);
