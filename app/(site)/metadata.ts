import type { Metadata } from "next";
import type { DocumentDetail } from "#lib/docs/document.ts";
import { documentHref } from "#lib/docs/markdown.ts";

/** What a page of words says of itself to search engines, with its other forms. */
export function metadataOf({ title, description, path }: DocumentDetail): Metadata {
  return {
    title,
    description,
    alternates: {
      canonical: path,
      types: {
        "text/markdown": documentHref(path, "md"),
        "application/json": documentHref(path, "json"),
      },
    },
  };
}
