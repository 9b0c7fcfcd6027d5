import { SelectField, TextField } from "#components/ui/field.tsx";
import { expiryOptions } from "./agent-types.ts";

interface TokenFieldProps {
  value: string;
  onChange: (value: string) => void;
  error: string[] | undefined;
}

export function AgentNameField({
  value,
  onChange,
  error,
  ...field
}: TokenFieldProps & { placeholder: string; help: string; autoFocus?: boolean }) {
  return (
    <TextField
      name="name"
      label="Name"
      mono
      required
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
      {...field}
    />
  );
}

export function ExpiryField({ value, onChange, error }: TokenFieldProps) {
  return (
    <SelectField
      name="expiresInDays"
      label="Token expires in"
      options={expiryOptions}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
    />
  );
}
