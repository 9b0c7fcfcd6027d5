"use client";

import { useState } from "react";
import { type Action, runAction } from "#components/run-action.ts";
import { Card } from "#components/ui/card.tsx";
import { SwitchField } from "#components/ui/checkbox.tsx";
import { showToast } from "#components/ui/toast.tsx";

interface Review {
  trusted: boolean;
  acceptsHarmless: boolean;
}

export interface ReviewSettingsProps {
  server: string;
  review: Review;
  canEdit: boolean;
  setServerReview: Action<Review & { released: string[] }>;
}

/** How the definitions of a server are judged; saved at once. */
export function ReviewSettings({ server, review, canEdit, setServerReview }: ReviewSettingsProps) {
  const [shown, setShown] = useState(review);
  const [pending, setPending] = useState(false);

  async function save(change: Partial<Review>, done: string) {
    const before = shown;
    setShown({ ...shown, ...change });
    setPending(true);
    const saved = await runAction(setServerReview, { server, ...change });
    setPending(false);
    if (saved.ok) return showToast({ title: done, ...releasedText(saved.data.released) });
    setShown(before);
    showToast({
      tone: "failed",
      title: "The setting was not saved",
      description: saved.error.message,
    });
  }

  return (
    <Card className="grid gap-4 p-4">
      <SwitchField
        label="Accept harmless changes by themselves"
        help="Tools that are Read and Low before and after, without signs of poisoning and without a new argument. Those held now pass too. Each is recorded under Audit. Everything else is held."
        checked={shown.acceptsHarmless}
        disabled={!canEdit || pending}
        onChange={({ target: { checked } }) =>
          void save(
            { acceptsHarmless: checked },
            checked ? "Harmless changes pass from now on" : "Every change is held from now on",
          )
        }
      />
      <SwitchField
        label="Trust the server's own hints"
        help="Its hints, such as “read-only”, may then lower a tool's class and not only raise it. Its tools are classified again at once."
        checked={shown.trusted}
        disabled={!canEdit || pending}
        onChange={({ target: { checked } }) =>
          void save(
            { trusted: checked },
            checked ? "Its hints may lower a class now" : "Its hints only raise a class now",
          )
        }
      />
    </Card>
  );
}

function releasedText(released: readonly string[]): { description: string } | undefined {
  if (released.length === 0) return undefined;
  const more = released.length > 5 ? ` and ${released.length - 5} more` : "";
  return { description: `No longer held: ${released.slice(0, 5).join(", ")}${more}` };
}
