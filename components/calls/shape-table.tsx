import { count } from "#components/count.ts";
import { Cell, HeaderCell, Row, Table, TableBody, TableHead } from "#components/ui/table.tsx";

interface ShapeEntry {
  path: string;
  type: string;
  length?: number;
  digest?: string;
}

/** What the record keeps of the arguments: never their values. */
export function ShapeTable({ shape }: { shape: unknown }) {
  const entries = entriesOf(shape);
  if (entries.length === 0) return <p className="text-muted text-sm">The call had no arguments.</p>;
  return (
    <Table label="Shape of the arguments" density="compact">
      <TableHead>
        <HeaderCell>Argument</HeaderCell>
        <HeaderCell>Type</HeaderCell>
        <HeaderCell align="right">Size</HeaderCell>
        <HeaderCell>Digest of the value</HeaderCell>
      </TableHead>
      <TableBody>
        {entries.map((entry) => (
          <Row key={entry.path}>
            <Cell phone="title" mono className="max-w-80 break-all">
              {entry.path}
            </Cell>
            <Cell phone="aside">{entry.type}</Cell>
            <Cell phone="detail" align="right" className="whitespace-nowrap text-muted">
              {sizeOf(entry)}
            </Cell>
            <Cell phone="detail" mono className="max-w-56 truncate text-muted">
              {entry.digest?.slice(0, 16)}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}

function sizeOf({ type, length }: ShapeEntry): string {
  if (length === undefined) return "";
  const unit = { string: "character", array: "element", object: "key" }[type] ?? "part";
  return count(length, unit);
}

/** Stored as JSON by the proxy; what another version wrote differently is left out. */
function entriesOf(shape: unknown): ShapeEntry[] {
  if (!Array.isArray(shape)) return [];
  return shape.filter(
    (entry): entry is ShapeEntry =>
      typeof entry === "object" &&
      entry !== null &&
      typeof entry.path === "string" &&
      typeof entry.type === "string",
  );
}
