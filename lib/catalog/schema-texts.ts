const MAX_NODES = 20_000;
/** Values of these say how a schema is built, not what a model reads. */
const STRUCTURE = new Set(["type", "$ref", "$schema", "required"]);

/**
 * Adds to `texts` all that a model may read in a JSON Schema, at any depth: names of properties, descriptions,
 * titles, allowed and default values, examples. Never throws; looks at 20,000 nodes at most.
 */
export function schemaTexts(schema: unknown, texts: string[]): void {
  const waiting: unknown[] = [schema];
  for (let nodes = 0; waiting.length > 0 && nodes < MAX_NODES; nodes += 1) {
    const node = waiting.pop();
    if (typeof node === "string") {
      texts.push(node);
    } else if (Array.isArray(node)) {
      waiting.push(...node.slice(0, MAX_NODES));
    } else if (typeof node === "object" && node !== null) {
      for (const key of Object.keys(node)) {
        // A key of this very object; what it holds stays unknown.
        const value = (node as Record<string, unknown>)[key];
        if (typeof value === "object" && value !== null) {
          if (key !== "required") texts.push(key);
          waiting.push(value);
        } else if (!STRUCTURE.has(key)) {
          waiting.push(value);
        }
      }
    }
  }
}
