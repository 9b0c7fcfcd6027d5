"use client";

import { KeyRound, Plus, X } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";

export interface HeaderDraft {
  key: string;
  name: string;
  value: string;
  /** Its value is on record and stays unless a new one is entered. */
  stored: boolean;
  /** The value is only the token; "Bearer" goes before it. */
  bearer: boolean;
}

/** The header as it is sent, the value left out where the stored one stays. */
export function headerOf({ name, value, stored, bearer }: HeaderDraft): {
  name: string;
  value?: string;
} {
  if (stored && value === "") return { name };
  const scheme = bearer && value !== "" && !/^bearer\s/i.test(value) ? "Bearer " : "";
  return { name, value: `${scheme}${value}` };
}

export interface HeaderFieldsProps {
  headers: readonly HeaderDraft[];
  onChange: (headers: HeaderDraft[]) => void;
  errors: Record<string, string[]>;
}

/** Headers sent with every request to the server, a bearer token being the usual one. */
export function HeaderFields({ headers, onChange, errors }: HeaderFieldsProps) {
  function add(name: string, bearer: boolean) {
    onChange([...headers, { key: newKey(), name, value: "", stored: false, bearer }]);
  }
  function change(key: string, part: Partial<HeaderDraft>) {
    onChange(headers.map((header) => (header.key === key ? { ...header, ...part } : header)));
  }
  const hasAuthorization = headers.some(({ name }) => name.toLowerCase() === "authorization");
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-1.5 flex items-baseline gap-1.5 font-medium text-sm">
        Headers <span className="font-normal text-muted text-xs">optional</span>
      </legend>
      {headers.map((header, index) => {
        const messages = [
          ...(errors[`headers.${index}.name`] ?? []),
          ...(errors[`headers.${index}.value`] ?? []),
        ];
        return (
          <div key={header.key} className="grid gap-1">
            <div className="flex items-center gap-2 max-sm:flex-wrap">
              <Input
                id={`headers.${index}.name`}
                aria-label={`Name of header ${index + 1}`}
                mono
                placeholder="Name"
                autoComplete="off"
                spellCheck={false}
                value={header.name}
                readOnly={header.stored || header.bearer}
                aria-invalid={errors[`headers.${index}.name`] ? true : undefined}
                onChange={(event) => change(header.key, { name: event.target.value })}
                className="text-sm sm:w-52 sm:shrink-0 max-sm:flex-1"
              />
              <Input
                id={`headers.${index}.value`}
                aria-label={`Value of header ${index + 1}`}
                type="password"
                mono
                placeholder={placeholderOf(header)}
                autoComplete="new-password"
                spellCheck={false}
                value={header.value}
                aria-invalid={errors[`headers.${index}.value`] ? true : undefined}
                onChange={(event) => change(header.key, { value: event.target.value })}
                className="text-sm max-sm:order-3 max-sm:basis-full"
              />
              <IconButton
                label={`Remove header ${header.name || index + 1}`}
                icon={<X aria-hidden="true" className="size-4" />}
                onClick={() => onChange(headers.filter(({ key }) => key !== header.key))}
              />
            </div>
            {messages.length > 0 && <p className="text-danger text-sm">{messages.join(". ")}.</p>}
          </div>
        );
      })}
      <div className="flex flex-wrap gap-2">
        {!hasAuthorization && (
          <Button
            size="small"
            icon={<KeyRound aria-hidden="true" className="size-3.5" />}
            onClick={() => add("Authorization", true)}
          >
            Add bearer token
          </Button>
        )}
        <Button
          size="small"
          icon={<Plus aria-hidden="true" className="size-3.5" />}
          onClick={() => add("", false)}
        >
          Add header
        </Button>
      </div>
      {errors.headers && <p className="text-danger text-sm">{errors.headers.join(". ")}.</p>}
    </fieldset>
  );
}

function placeholderOf({ stored, bearer }: HeaderDraft): string {
  if (stored) return "Stored. Type to replace it";
  return bearer ? "Token, without “Bearer”" : "Value";
}

let lastKey = 0;

function newKey(): string {
  lastKey += 1;
  return `header-${lastKey}`;
}
