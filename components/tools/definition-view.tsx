"use client";

import { useState } from "react";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { Part } from "./drawer-part.tsx";
import { SchemaTree } from "./schema-tree.tsx";
import { visibleText } from "./visible-text.ts";

/** The definition as a readable tree, and as the server sent it on demand. */
export function DefinitionView({ definition }: { definition: unknown }) {
  const [view, setView] = useState<"tree" | "raw">("tree");
  const { inputSchema, outputSchema, annotations } = partsOf(definition);
  return (
    <Part
      title="Definition"
      aside={
        <Segmented
          label="View of the definition"
          options={[
            { value: "tree", label: "Tree" },
            { value: "raw", label: "Raw" },
          ]}
          value={view}
          onValueChange={setView}
        />
      }
    >
      {view === "raw" ? (
        <CodeBlock code={visibleText(JSON.stringify(definition, null, 2))} what="definition" />
      ) : (
        <div className="grid gap-4">
          <SchemaTree title="Arguments" schema={inputSchema} empty="It takes no arguments." />
          {outputSchema !== undefined && (
            <SchemaTree title="Result" schema={outputSchema} empty="Its shape is not described." />
          )}
          {annotations !== undefined && (
            <div className="grid gap-1 text-sm">
              <p className="text-muted text-xs">Hints of the server, not trusted</p>
              <p className="break-words font-mono text-xs">{JSON.stringify(annotations)}</p>
            </div>
          )}
        </div>
      )}
    </Part>
  );
}

function partsOf(definition: unknown): {
  inputSchema?: unknown;
  outputSchema?: unknown;
  annotations?: unknown;
} {
  return typeof definition === "object" && definition !== null ? definition : {};
}
