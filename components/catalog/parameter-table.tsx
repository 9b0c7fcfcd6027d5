import { Badge } from "#components/ui/badge.tsx";
import type { Parameter } from "#lib/catalog/parameters.ts";

/** A tool's parameters with what its schema says of each; nested ones stand under theirs. */
export function ParameterTable({ parameters }: { parameters: readonly Parameter[] }) {
  return (
    <ul className="grid rounded border text-sm">
      {parameters.map((parameter) => (
        <li key={parameter.name} className="min-w-0 border-b px-3 py-2 last:border-b-0">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <span className="break-all font-medium font-mono">{parameter.name}</span>
            <span className="font-mono text-muted text-xs">{parameter.type}</span>
            {parameter.required && <Badge>required</Badge>}
            {parameter.enumValues.length > 0 && (
              <span className="break-words text-muted text-xs">
                one of {parameter.enumValues.slice(0, 12).join(", ")}
                {parameter.enumValues.length > 12 &&
                  ` and ${parameter.enumValues.length - 12} more`}
              </span>
            )}
          </div>
          {parameter.description !== "" && (
            <p className="max-w-[72ch] whitespace-pre-line break-words text-muted">
              {parameter.description}
            </p>
          )}
          {parameter.children.length > 0 && (
            <div className="mt-2">
              <ParameterTable parameters={parameter.children} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
