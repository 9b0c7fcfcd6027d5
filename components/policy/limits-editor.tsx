"use client";

import { Plus, X } from "lucide-react";
import { scopeNotes } from "#components/tools/rule-words.ts";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input, Select } from "#components/ui/input.tsx";
import { defaultRateLimit } from "#lib/policy/edit.ts";
import { limitScopes } from "#lib/policy/types.ts";
import { draftOfLimit, type LimitDraft, limitProblem } from "./rule-draft.ts";

export interface LimitsEditorProps {
  label: string;
  limits: readonly LimitDraft[];
  newId: () => string;
  isRequired: boolean;
  onChange: (limits: LimitDraft[]) => void;
}

const mostLimits = 4;

/** All of these hold at once; each says whether it outlives a reconnect. */
export function LimitsEditor({ label, limits, newId, isRequired, onChange }: LimitsEditorProps) {
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-1 font-medium text-sm">{isRequired ? "At most" : "Limits"}</legend>
      {limits.map((limit, index) => {
        const problem = limitProblem(limit);
        const set = (changed: Partial<LimitDraft>) =>
          onChange(limits.map((each) => (each === limit ? { ...each, ...changed } : each)));
        const name = `limit ${index + 1} of ${label}`;
        return (
          <div key={limit.id} className="grid gap-1">
            <div className="flex min-w-0 flex-wrap items-center gap-1.5 text-muted text-sm">
              <Input
                aria-label={`Calls, ${name}`}
                inputMode="numeric"
                value={limit.max}
                aria-invalid={problem !== null || undefined}
                onChange={(event) => set({ max: event.target.value })}
                className="w-20 text-right text-text"
              />
              calls in
              <Input
                aria-label={`Seconds, ${name}`}
                inputMode="numeric"
                value={limit.window}
                aria-invalid={problem !== null || undefined}
                onChange={(event) => set({ window: event.target.value })}
                className="w-24 text-right text-text"
              />
              s per
              <Select
                aria-label={`Per, ${name}`}
                options={limitScopes.map((scope) => ({ value: scope, label: scope }))}
                value={limit.per}
                onChange={(event) => {
                  const per = limitScopes.find((scope) => scope === event.target.value);
                  if (per !== undefined) set({ per });
                }}
                className="w-28 text-text"
              />
              <IconButton
                label={`Remove ${name}`}
                icon={<X aria-hidden="true" className="size-3.5" />}
                variant="ghost"
                size="iconSmall"
                onClick={() => onChange(limits.filter((each) => each !== limit))}
              />
            </div>
            <p className={problem === null ? "text-muted text-xs" : "text-danger text-xs"}>
              {problem ?? scopeNotes[limit.per]}
            </p>
          </div>
        );
      })}
      {limits.length < mostLimits && (
        <Button
          size="small"
          variant="ghost"
          className="-ml-2 justify-self-start"
          icon={<Plus aria-hidden="true" className="size-3.5" />}
          onClick={() => onChange([...limits, draftOfLimit(defaultRateLimit, newId())])}
        >
          Add limit
        </Button>
      )}
    </fieldset>
  );
}
