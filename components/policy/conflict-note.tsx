"use client";

import { Button } from "#components/ui/button.tsx";
import { formatPolicy } from "#lib/policy/format.ts";
import { DiffView } from "./diff-view.tsx";
import { lineDiff } from "./line-diff.ts";
import type { VersionItem } from "./policy-answers.ts";
import type { Draft } from "./use-draft.ts";

/**
 * Somebody else saved meanwhile: what they changed, and how the draft differs from it. Both texts are
 * kept until one is chosen.
 */
export function ConflictNote(props: { draft: Draft; versions: readonly VersionItem[] }) {
  const { draft, versions } = props;
  const { conflict, base, cases } = draft;
  if (conflict === null) return null;
  const saved = versions.find(({ version }) => version === conflict.version);
  // Spelled as a saved version is, so that only what means something else differs.
  const text = draft.problems.length === 0 ? formatPolicy(draft.document, "yaml") : draft.text;
  const sameCases = JSON.stringify(cases) === JSON.stringify(conflict.cases);
  return (
    <section
      aria-label="Another version was saved"
      className="grid min-w-0 gap-3 rounded border border-caution/40 bg-caution/6 p-3"
    >
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <p className="min-w-0 max-w-[72ch] basis-80 grow text-sm">
          While you edited version {base.version}, {saved === undefined ? "somebody" : saved.author}{" "}
          saved version {conflict.version}
          {saved !== undefined && saved.note !== "" && <>: “{saved.note}”</>}. Your draft is still
          here; nothing of it is saved yet.
        </p>
        <div className="flex flex-wrap gap-2">
          <Button size="small" variant="primary" onClick={() => draft.keepOn(conflict)}>
            Keep my draft, on top of version {conflict.version}
          </Button>
          <Button size="small" onClick={() => draft.take(conflict)}>
            Take version {conflict.version} instead
          </Button>
        </div>
      </div>
      <div className="grid min-w-0 gap-3 xl:grid-cols-2">
        <Change
          title={`What version ${conflict.version} changed`}
          diff={lineDiff(base.text, conflict.text)}
          same="The rules are the same; only cases differ."
        />
        <Change
          title={`Your draft against version ${conflict.version}`}
          diff={lineDiff(conflict.text, text)}
          same="Your rules are those of that version."
        />
      </div>
      {!sameCases && (
        <p className="text-sm">
          The cases differ as well: your draft keeps its {cases.length}, version {conflict.version}{" "}
          has {conflict.cases.length}.
        </p>
      )}
    </section>
  );
}

function Change({ title, diff, same }: { title: string; diff: string; same: string }) {
  return (
    <div className="grid min-w-0 content-start gap-1">
      <h2 className="font-medium text-sm">{title}</h2>
      {diff === "" ? (
        <p className="text-muted text-sm">{same}</p>
      ) : (
        <DiffView diff={diff} label={title} />
      )}
    </div>
  );
}
