"use client";

import { type ReactNode, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import type { ToolView } from "./tool-view.ts";

/** As many rows as a browser draws at once without a pause. */
const step = 100;
const many = 500;
const firstOfMany = 20;

export interface MoreToolsProps {
  tools: readonly ToolView[];
  columns: number;
  /** How many tools the whole table has: of many, fewer of each group are drawn to begin with. */
  shown: number;
  children: (tool: ToolView) => ReactNode;
}

/**
 * The rows of a group, the first hundred to begin with or fewer: a server may have thousands. Search, selection and what the
 * header sets are of the whole group, drawn or not.
 */
export function MoreTools({ tools, columns, shown, children }: MoreToolsProps) {
  const [more, setMore] = useState(0);
  const limit = (shown > many ? firstOfMany : step) + more;
  const left = tools.length - limit;
  return (
    <>
      {tools.slice(0, limit).map(children)}
      {left > 0 && (
        <tr {...roles.row} className="max-sm:block">
          <td {...roles.cell} colSpan={columns} className="px-2 py-2 max-sm:block">
            <Button size="small" onClick={() => setMore(more + step)}>
              Show {Math.min(step, left).toLocaleString("en")} more of {left.toLocaleString("en")}
            </Button>
          </td>
        </tr>
      )}
    </>
  );
}

/** Spelled out, as in Table: the display values of the phone layout would drop them. */
const roles = { row: { role: "row" }, cell: { role: "cell" } };
