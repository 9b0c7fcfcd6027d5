import { Part, Prose, Text } from "#components/catalog/prose.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Link } from "#components/ui/link.tsx";
import type { BlockDetail, DocumentDetail } from "#lib/docs/document.ts";
import { FieldTable } from "./field-table.tsx";

export interface DocPageProps {
  content: DocumentDetail;
  /** Every page of the documentation. */
  pages: readonly { path: string; label: string }[];
}

/** A page of the documentation: the others at the left, one column of text. */
export function DocPage({ content, pages }: DocPageProps) {
  const { path: current, title, lead, parts } = content;
  return (
    <div className="grid gap-8 lg:grid-cols-[12rem_1fr]">
      <nav aria-label="Documentation" className="print:hidden">
        <ul className="flex flex-wrap gap-x-5 gap-y-1 lg:sticky lg:top-8 lg:grid">
          {pages.map(({ path, label }) => (
            <li key={path}>
              <Link
                href={path}
                aria-current={path === current ? "page" : undefined}
                className="block rounded py-1.5 text-muted text-sm hover:text-text aria-[current=page]:font-medium aria-[current=page]:text-text"
              >
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <article className="min-w-0">
        <Prose>
          <header className="grid gap-2">
            <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
            <p className="wrap-anywhere max-w-[72ch] text-base text-muted">{lead}</p>
          </header>
          {parts.map(({ id, title: heading, blocks }) => (
            <Part key={id} id={id} title={heading}>
              {blocks.map((block) => (
                <Block key={keyOf(block)} block={block} />
              ))}
            </Part>
          ))}
        </Prose>
      </article>
    </div>
  );
}

function Block({ block }: { block: BlockDetail }) {
  switch (block.kind) {
    case "text":
      return <Text>{block.text}</Text>;
    case "note":
      return <div className="text-muted text-sm">{block.text}</div>;
    case "quote":
      return (
        <blockquote className="wrap-anywhere min-w-0 max-w-[80ch] rounded border bg-sunken p-3 font-mono text-sm">
          {block.text}
        </blockquote>
      );
    case "fields":
      return <FieldTable label={block.label} fields={block.fields} />;
    case "code": {
      const { code, what, title, heading } = block;
      const shown = <CodeBlock code={code} what={what} title={title} />;
      if (heading === undefined) return shown;
      return (
        <section aria-labelledby={heading.id}>
          <h3 id={heading.id}>{heading.title}</h3>
          {shown}
        </section>
      );
    }
  }
}

function keyOf(block: BlockDetail): string {
  switch (block.kind) {
    case "text":
    case "note":
    case "quote":
      return block.text;
    case "fields":
      return block.label;
    case "code":
      return block.what;
  }
}
