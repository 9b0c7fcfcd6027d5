import type { Parameter, ParameterSummary } from "#lib/catalog/parameters.ts";

/** A row of a tool's page. */
export interface ShownParameter {
  name: string;
  type: string;
  required?: true;
  /** "one of a, b". */
  values?: string;
  says?: string;
  inner?: ShownParameter[];
}

/** What a tool's page shows of its definition; the rest is one link away, in its JSON. */
export interface ShownDefinition {
  /** Null when the server has none. */
  description: string | null;
  isDescriptionCut: boolean;
  parameters: ShownParameter[];
  areParametersCut: boolean;
}

/**
 * In bytes of a page, for what a server says at length: with it a page stays under 100 KB, as the
 * rest of one takes 75 at most.
 */
const room = 24_000;

/** Texts are cut to the first of these lengths at which every parameter has a row. */
const textLengths = [2_000, 400, 200, 100, 50];
const enumValuesShown = 12;

/** As much of a tool's definition as its page has room for: texts are shortened before rows are left out. */
export function shownDefinition(
  description: string | null,
  parameters: ParameterSummary,
): ShownDefinition {
  const needed = fill(parameters.list, 400, room).bytes;
  // Parameters come first; a third of the room is the description's all the same.
  const text = fitting(description ?? "", Math.max(room / 3, room - needed));
  const left = room - pageBytes(text);
  const attempts = textLengths.map((length) => fill(parameters.list, length, left));
  const best = attempts.find((attempt) => attempt.isWhole) ?? attempts.at(-1);
  return {
    description: description === null ? null : text,
    isDescriptionCut: description !== null && text !== description,
    parameters: best?.rows ?? [],
    areParametersCut: parameters.truncated || best?.isWhole === false || best?.isCut === true,
  };
}

/** Parameters level by level, as long as there is room. */
function fill(list: readonly Parameter[], textLength: number, most: number) {
  const kept = new Set<Parameter>();
  let spent = 0;
  let level = list;
  while (level.length > 0) {
    for (const parameter of level) {
      spent += rowBytes(rowOf(parameter, textLength));
      if (spent <= most) kept.add(parameter);
    }
    level = level.flatMap(({ children }) => children);
  }
  const isCut = [...kept].some(({ description }) => description.length > textLength);
  return { rows: rowsOf(list, textLength, kept), bytes: spent, isWhole: spent <= most, isCut };
}

function rowsOf(
  list: readonly Parameter[],
  textLength: number,
  kept: ReadonlySet<Parameter>,
): ShownParameter[] {
  return list
    .filter((parameter) => kept.has(parameter))
    .map((parameter) => {
      const inner = rowsOf(parameter.children, textLength, kept);
      return { ...rowOf(parameter, textLength), ...(inner.length > 0 && { inner }) };
    });
}

function rowOf(
  { name, type, required, enumValues, description }: Parameter,
  textLength: number,
): ShownParameter {
  const more = enumValues.length - enumValuesShown;
  const values = `one of ${enumValues.slice(0, enumValuesShown).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return {
    name,
    type,
    ...(required && { required }),
    ...(enumValues.length > 0 && { values: cut(values, textLength) }),
    ...(description !== "" && { says: cut(description, textLength) }),
  };
}

/** Of a row: its texts, and about as much again around them as every row has. */
function rowBytes({ name, type, values = "", says = "" }: ShownParameter): number {
  return 130 + pageBytes(name + type + values + says);
}

function fitting(text: string, most: number): string {
  let length = text.length;
  while (pageBytes(text.slice(0, length)) > most) length = Math.floor(length * 0.9);
  return cut(text, length);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1)).trimEnd()}…`;
}

/** What a text takes of a page: once as HTML, and once in the data that React starts from. */
function pageBytes(text: string): number {
  const html = text.replace(/[&<>"']/g, "&#00;");
  const data = JSON.stringify(JSON.stringify(text)).replace(/[<>&]/g, "\\u0000");
  return Buffer.byteLength(html) + Buffer.byteLength(data);
}
