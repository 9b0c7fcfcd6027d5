"use client";

import { useState } from "react";
import { runAction } from "#components/run-action.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { showToast } from "#components/ui/toast.tsx";
import { DiffView } from "./diff-view.tsx";
import type { PolicyActions, VersionItem } from "./policy-answers.ts";
import { RestoreButton } from "./restore-button.tsx";

export interface VersionsPanelProps {
  server: string;
  versions: readonly VersionItem[];
  current: number;
  canEdit: boolean;
  diffPolicyVersions: PolicyActions["diffPolicyVersions"];
  restorePolicyVersion: PolicyActions["restorePolicyVersion"];
}

/** Every saved version, the latest first. */
export function VersionsPanel(props: VersionsPanelProps) {
  const { versions, current } = props;
  const [open, setOpen] = useState<number | null>(null);
  return (
    <ol className="grid min-w-0 gap-2">
      {versions.map((version) => (
        <li key={version.version} className="grid min-w-0 gap-2 rounded border bg-raised p-3">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
            <span className="font-medium">Version {version.version}</span>
            {version.version === current && <Badge tone="positive">in force</Badge>}
            <span className="text-muted">
              {version.author}, <RelativeTime at={version.at} />
            </span>
            <span className="min-w-0 flex-1 basis-48 break-words">{version.note}</span>
            <VersionButtons
              {...props}
              version={version}
              isOpen={open === version.version}
              onToggle={() => setOpen(open === version.version ? null : version.version)}
            />
          </div>
          {open === version.version && <VersionDiff {...props} version={version} />}
        </li>
      ))}
    </ol>
  );
}

function VersionButtons(
  props: VersionsPanelProps & { version: VersionItem; isOpen: boolean; onToggle: () => void },
) {
  const { current, canEdit, version } = props;
  return (
    <span className="ml-auto flex gap-2">
      <Button size="small" variant="ghost" aria-expanded={props.isOpen} onClick={props.onToggle}>
        {props.isOpen ? "Close" : "Compare"}
        <span className="sr-only"> version {version.version}</span>
      </Button>
      {canEdit && version.version !== current && <RestoreButton {...props} />}
    </span>
  );
}

type Against = "current" | "previous";

function VersionDiff(props: VersionsPanelProps & { version: VersionItem }) {
  const { server, version, current, diffPolicyVersions } = props;
  const [shown, setShown] = useState<{ title: string; diff: string } | null>(null);
  const isCurrent = version.version === current;
  const earlier = props.versions.find((each) => each.version < version.version);
  // The list is of the latest; there may be one before the last of them.
  const previous = earlier?.version ?? version.version - 1;

  async function compare(against: Against) {
    const from = against === "previous" ? previous : version.version;
    const to = against === "previous" ? version.version : current;
    const found = await runAction(diffPolicyVersions, { server, from, to });
    const title = `From version ${from} to version ${to}`;
    if (found.ok) return setShown({ title, diff: found.data.diff });
    showToast({ tone: "failed", title: "Not compared", description: found.error.message });
  }

  return (
    <div className="grid min-w-0 gap-2">
      <div className="flex flex-wrap gap-2">
        {previous > 0 && (
          <Button size="small" onClick={() => void compare("previous")}>
            What it changed
          </Button>
        )}
        {!isCurrent && (
          <Button size="small" onClick={() => void compare("current")}>
            To the version in force
          </Button>
        )}
      </div>
      {shown === null ? (
        <CodeBlock code={version.text} what={`version ${version.version}`} />
      ) : (
        <>
          <p className="text-muted text-sm">{shown.title}</p>
          {shown.diff === "" ? (
            <p className="text-sm">The rules are the same; only cases differ.</p>
          ) : (
            <DiffView diff={shown.diff} label={shown.title} />
          )}
        </>
      )}
    </div>
  );
}
