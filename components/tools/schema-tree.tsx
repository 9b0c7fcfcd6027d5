import { Badge } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { type SchemaNode, schemaNodes } from "./schema-nodes.ts";
import { visibleText } from "./visible-text.ts";

/** A JSON schema as names, types and words. */
export function SchemaTree({
  title,
  schema,
  empty,
}: {
  title: string;
  schema: unknown;
  empty: string;
}) {
  const nodes = schemaNodes(schema);
  return (
    <div className="grid gap-1">
      <p className="text-muted text-xs">{title}</p>
      {nodes.length === 0 ? (
        <p className="text-sm">{empty}</p>
      ) : (
        <Nodes nodes={nodes} className="rounded border" />
      )}
    </div>
  );
}

function Nodes({ nodes, className }: { nodes: readonly SchemaNode[]; className?: string }) {
  return (
    <ul className={cn("grid text-sm", className)}>
      {nodes.map((node) => (
        <li key={node.name} className="min-w-0 border-b px-3 py-2 last:border-b-0">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <span className="break-all font-medium font-mono">{node.name}</span>
            <span className="font-mono text-muted text-xs">{node.type}</span>
            {node.required && <Badge>required</Badge>}
            {node.facts.map((fact) => (
              <span key={fact} className="break-all text-muted text-xs">
                {fact}
              </span>
            ))}
          </div>
          {node.description !== "" && (
            <p className="max-w-[72ch] whitespace-pre-line break-words text-muted">
              {visibleText(node.description)}
            </p>
          )}
          {node.children.length > 0 && (
            <Nodes nodes={node.children} className="mt-2 ml-0.5 border-l" />
          )}
        </li>
      ))}
    </ul>
  );
}
