"use client";

import { CheckboxField } from "#components/ui/checkbox.tsx";
import { Input, Textarea } from "#components/ui/input.tsx";
import { approvalExclusions, approverRoles } from "#lib/policy/types.ts";
import { Labelled } from "./labelled.tsx";
import type { ApprovalDraft } from "./rule-draft.ts";

export interface ApprovalFieldsProps {
  label: string;
  draft: ApprovalDraft;
  onChange: (draft: ApprovalDraft) => void;
}

/** Who approves, how many of them, for how long. All of it is optional. */
export function ApprovalFields({ label, draft, onChange }: ApprovalFieldsProps) {
  const set = (changed: Partial<ApprovalDraft>) => onChange({ ...draft, ...changed });
  return (
    <fieldset className="grid min-w-0 gap-3">
      <legend className="sr-only">Approval of {label}</legend>
      <Boxes
        title="Who may approve"
        help="Whoever may approve in this org, when nobody is named."
        values={approverRoles}
        words={roleWords}
        chosen={draft.roles}
        onChange={(roles) => set({ roles })}
      />
      <Labelled title="Members by e-mail" help="One on each line.">
        <Textarea
          rows={2}
          value={draft.members}
          onChange={(event) => set({ members: event.target.value })}
        />
      </Labelled>
      <div className="grid gap-3 sm:grid-cols-3">
        <Labelled title="How many people" help="1 to 5; 1 when empty.">
          <Input
            inputMode="numeric"
            value={draft.count}
            onChange={(event) => set({ count: event.target.value })}
          />
        </Labelled>
        <Labelled title="Request lapses after" help="Seconds, 60 to 86,400.">
          <Input
            inputMode="numeric"
            value={draft.requestExpires}
            onChange={(event) => set({ requestExpires: event.target.value })}
          />
        </Labelled>
        <Labelled title="Approval lapses after" help="Seconds, 60 to 86,400.">
          <Input
            inputMode="numeric"
            value={draft.approvalExpires}
            onChange={(event) => set({ approvalExpires: event.target.value })}
          />
        </Labelled>
      </div>
      <Labelled title="Message to the approver">
        <Input
          value={draft.message}
          maxLength={500}
          placeholder="optional"
          onChange={(event) => set({ message: event.target.value })}
        />
      </Labelled>
      <Boxes
        title="Who may not"
        values={approvalExclusions}
        words={exclusionWords}
        chosen={draft.exclude}
        onChange={(exclude) => set({ exclude })}
      />
    </fieldset>
  );
}

const roleWords = {
  owner: "Owners",
  admin: "Admins",
  policy_manager: "Policy managers",
  viewer: "Viewers",
} as const;

const exclusionWords = {
  requester: "The agent's owner",
  editor: "Whoever last edited the rule",
} as const;

function Boxes<Value extends string>(props: {
  title: string;
  help?: string;
  values: readonly Value[];
  words: Readonly<Record<Value, string>>;
  chosen: readonly Value[];
  onChange: (chosen: Value[]) => void;
}) {
  return (
    <fieldset className="grid gap-1 text-sm">
      <legend className="mb-1 font-medium">{props.title}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {props.values.map((value) => (
          <CheckboxField
            key={value}
            label={props.words[value]}
            checked={props.chosen.includes(value)}
            onChange={(event) => {
              const others = props.chosen.filter((each) => each !== value);
              props.onChange(event.target.checked ? [...others, value] : others);
            }}
          />
        ))}
      </div>
      {props.help !== undefined && <p className="text-muted text-xs">{props.help}</p>}
    </fieldset>
  );
}
