/** The schemas inside schemas, for what a provider refuses in them. */
import { eachSubschema, type OpenAI, type Schema } from "../../core/mod.ts";

export function schemasOf(body: OpenAI.Request): Schema[] {
  return (body.tools ?? []).map((tool) => tool.function.parameters);
}

/** The schema and all inside it. */
export function everySchema(schema: Schema): Schema[] {
  const found: Schema[] = [];
  eachSubschema(schema, (inner) => {
    found.push(inner);
    return inner;
  });
  return found;
}
