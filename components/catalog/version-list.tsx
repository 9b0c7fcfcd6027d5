export interface ListedVersion {
  version: string;
  recordedAt: string;
  changed: boolean;
}

/** Recorded versions of a tool's package, and in which its definition changed. */
export function VersionList({ versions }: { versions: readonly ListedVersion[] }) {
  return (
    <ul className="grid gap-1 [&_i]:whitespace-nowrap [&_i]:text-muted [&_i]:not-italic [&_li]:flex [&_li]:justify-between [&_li]:gap-3">
      {versions.map(({ version, recordedAt, changed }) => (
        <li key={version}>
          <span>
            {version} <i>{recordedAt}</i>
          </span>
          <i>{changed ? "definition changed" : "as before"}</i>
        </li>
      ))}
    </ul>
  );
}
