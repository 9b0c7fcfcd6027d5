"use client";

import { CheckboxField } from "#components/ui/checkbox.tsx";
import { type NotificationEvent, notificationEvents } from "#lib/notifications/schema.ts";
import { eventWords } from "./words.ts";

export interface EventFieldsProps {
  chosen: readonly NotificationEvent[];
  onChange: (events: NotificationEvent[]) => void;
  error?: string[] | undefined;
}

/** What a channel is told of. */
export function EventFields({ chosen, onChange, error }: EventFieldsProps) {
  return (
    <fieldset className="grid gap-2 pointer-coarse:gap-0">
      <legend className="mb-1.5 font-medium text-sm">Tell it of</legend>
      {notificationEvents.map((event) => (
        <CheckboxField
          key={event}
          {...eventWords[event]}
          checked={chosen.includes(event)}
          onChange={({ target }) =>
            onChange(
              target.checked ? [...chosen, event] : chosen.filter((other) => other !== event),
            )
          }
        />
      ))}
      {error && <p className="text-danger text-sm">{error.join(" ")}</p>}
    </fieldset>
  );
}
