/** A variable of the environment, as .env.example explains it. */
export interface Setting {
  names: string[];
  text: string;
}

/** Reads .env.example: a comment, then the variables it is about. The first comment is for the file. */
export function readSettings(example: string): Setting[] {
  return example
    .trim()
    .split(/\n\s*\n/)
    .slice(1)
    .map((paragraph) => {
      const lines = paragraph.split("\n");
      const names = lines.flatMap((line) => /^#?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1] ?? []);
      const text = lines.filter((line) => line.startsWith("# ")).map((line) => line.slice(2));
      return { names, text: text.join(" ") };
    })
    .filter(({ names }) => names.length > 0);
}
