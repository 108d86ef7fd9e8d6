/** A table of families of models, each with the pattern of its names; the first that fits counts. */
export type Families<Row> = readonly (readonly [RegExp, Row])[];

/** What a table says of a model; undefined where no family fits. */
export function byFamily<Row>(table: Families<Row>, model: string): Row | undefined {
  return table.find(([family]) => family.test(model))?.[1];
}
