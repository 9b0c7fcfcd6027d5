"use client";

import { useState } from "react";
import { runAction } from "#components/run-action.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { showToast } from "#components/ui/toast.tsx";
import type { VersionItem } from "./policy-answers.ts";
import type { VersionsPanelProps } from "./versions-panel.tsx";

type Kept = "current" | "version";

/** Makes an earlier version the policy again; where its cases are others, the person says which stay. */
export function RestoreButton(props: VersionsPanelProps & { version: VersionItem }) {
  const { server, versions, current, version, restorePolicyVersion } = props;
  const [kept, setKept] = useState<Kept>("current");
  const [broken, setBroken] = useState<readonly string[]>([]);
  const inForce = versions.find((each) => each.version === current)?.cases ?? 0;

  async function restore(): Promise<string | undefined> {
    const input = { server, version: version.version, withCases: kept === "version" };
    const saved = await runAction(restorePolicyVersion, input);
    if (!saved.ok) {
      const cases = saved.error.fields.cases ?? [];
      setBroken(cases);
      return cases.length === 0 ? saved.error.message : "Not restored: these cases would break.";
    }
    showToast({
      title: `Version ${version.version} is the policy again`,
      description: `Saved as version ${saved.data.version}. Takes effect on the next call.`,
    });
    return undefined;
  }

  return (
    <ConfirmDialog
      title={`Restore version ${version.version}?`}
      consequence={`It becomes the policy again as a new version and decides every call from now on. Version ${current} stays in this list.`}
      confirmLabel="Restore"
      tone="primary"
      onConfirm={restore}
      onOpenChange={() => {
        setKept("current");
        setBroken([]);
      }}
      trigger={
        <Button size="small">
          Restore<span className="sr-only"> version {version.version}</span>
        </Button>
      }
    >
      {broken.length > 0 && (
        <ul className="grid max-h-48 list-disc gap-1 overflow-y-auto pl-5 text-sm">
          {broken.map((message) => (
            <li key={message} className="break-words">
              {message}
            </li>
          ))}
        </ul>
      )}
      {version.hasOtherCases && (
        <div className="grid gap-1.5 text-sm">
          <p>Version {version.version} has other cases than those in force. Keep</p>
          <Segmented<Kept>
            label="Cases to keep"
            options={[
              { value: "current", label: `those in force (${inForce})` },
              { value: "version", label: `those of version ${version.version} (${version.cases})` },
            ]}
            value={kept}
            onValueChange={setKept}
          />
        </div>
      )}
    </ConfirmDialog>
  );
}
