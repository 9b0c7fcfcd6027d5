"use client";

import { CheckboxField } from "#components/ui/checkbox.tsx";
import { SelectField, TextField } from "#components/ui/field.tsx";
import type { Connector, ConnectorField } from "#lib/servers/connectors.ts";

export type FieldValues = Readonly<Record<string, string | boolean>>;

export interface ConnectorFieldsProps {
  connector: Connector;
  values: FieldValues;
  onChange: (values: FieldValues) => void;
  errors: Record<string, string[]>;
  /** Secrets on record: they stay unless a new value is entered. */
  stored?: readonly string[];
}

/** What a connector asks for; switches last, because they are many and rarely touched. */
export function ConnectorFields(props: ConnectorFieldsProps) {
  const { connector, values, onChange, errors, stored = [] } = props;
  const texts = connector.fields.filter(({ type }) => type !== "boolean");
  const switches = connector.fields.filter(({ type }) => type === "boolean");
  const set = (name: string, value: string | boolean) => onChange({ ...values, [name]: value });
  return (
    <>
      {texts.length > 0 && (
        <div className="grid gap-4 sm:grid-cols-2">
          {texts.map((field) => (
            <TextOrSelect
              key={field.name}
              field={field}
              value={String(values[field.name] ?? "")}
              error={errors[`settings.${field.name}`]}
              isStored={stored.includes(`field:${field.name}`)}
              onChange={(value) => set(field.name, value)}
            />
          ))}
        </div>
      )}
      {switches.length > 0 && (
        <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
          {switches.map((field) => (
            <CheckboxField
              key={field.name}
              id={`settings.${field.name}`}
              label={field.label}
              help={field.help}
              checked={values[field.name] === true}
              onChange={(event) => set(field.name, event.target.checked)}
            />
          ))}
        </div>
      )}
    </>
  );
}

/** What the form starts with: the defaults, or what is stored. */
export function startValues(
  connector: Connector,
  settings: Readonly<Record<string, unknown>> = {},
): FieldValues {
  return Object.fromEntries(
    connector.fields.map((field) => {
      const value = settings[field.name] ?? field.default;
      return [field.name, typeof value === "boolean" ? value : value == null ? "" : String(value)];
    }),
  );
}

function TextOrSelect({
  field,
  value,
  error,
  isStored,
  onChange,
}: {
  field: ConnectorField;
  value: string;
  error: string[] | undefined;
  isStored: boolean;
  onChange: (value: string) => void;
}) {
  const common = {
    name: `settings.${field.name}`,
    label: field.label,
    help: field.help,
    error,
    optional: !field.required,
  };
  if (field.type === "select") {
    return (
      <SelectField
        {...common}
        optional={false}
        options={field.options ?? []}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  return (
    <TextField
      {...common}
      type={field.secret ? "password" : "text"}
      inputMode={field.type === "number" ? "numeric" : "text"}
      autoComplete={field.secret ? "new-password" : "off"}
      spellCheck={false}
      required={field.required}
      {...(isStored && { placeholder: "Stored. Type to replace it" })}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
