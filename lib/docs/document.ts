/** A page of words about the product: the same content as HTML, as Markdown and as JSON. */
export interface DocumentDetail {
  /** Its address on this site. */
  path: string;
  title: string;
  /** One sentence for search engines. */
  description: string;
  lead: string;
  parts: PartDetail[];
}

export interface PartDetail {
  /** Its anchor. */
  id: string;
  title: string;
  blocks: BlockDetail[];
}

export type BlockDetail =
  | { kind: "text"; text: string }
  /** A small line above what it is about. */
  | { kind: "note"; text: string }
  /** Words of a program. */
  | { kind: "quote"; text: string }
  | CodeDetail
  | { kind: "fields"; label: string; fields: FieldRow[] };

export interface CodeDetail {
  kind: "code";
  code: string;
  language: "shell" | "yaml" | "json" | "toml";
  /** For the Copy button and screen readers: "policy". */
  what: string;
  /** A file name, or where it is typed. */
  title: string;
  /** Where one of several has a heading of its own. */
  heading?: { id: string; title: string };
}

export interface FieldRow {
  /** Several stand below each other. */
  names: string[];
  /** What it takes, or is for. */
  type: string;
  required: boolean;
}

export function text(words: string): BlockDetail {
  return { kind: "text", text: words };
}
