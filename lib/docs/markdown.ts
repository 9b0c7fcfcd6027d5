import type { BlockDetail, DocumentDetail } from "./document.ts";

/** A page of words for readers that are programs. `base` is the site's address without a last slash. */
export function documentMarkdown({ title, lead, parts, path }: DocumentDetail, base: string) {
  const blocks = parts.flatMap((part) => [`## ${part.title}`, ...part.blocks.map(blockMarkdown)]);
  return `${[`# ${title}`, lead, ...blocks, `Address: ${base}${path}`].join("\n\n")}\n`;
}

/** The page's other forms; the landing page has no name to add an ending to. */
export function documentHref(path: string, format: "md" | "json"): string {
  return `${path === "/" ? "/index" : path}.${format}`;
}

function blockMarkdown(block: BlockDetail): string {
  switch (block.kind) {
    case "text":
    case "note":
      return block.text;
    case "quote":
      return `> ${block.text}`;
    case "code": {
      const heading = block.heading ? `### ${block.heading.title}\n\n` : "";
      return `${heading}${block.title}:\n\n\`\`\`${block.language}\n${block.code.trimEnd()}\n\`\`\``;
    }
    case "fields":
      return block.fields
        .map(({ names, type, required }) => {
          const named = names.map((name) => `\`${name}\``).join(", ");
          return `- ${named}${required ? " (required)" : ""}: ${type}`;
        })
        .join("\n");
  }
}
