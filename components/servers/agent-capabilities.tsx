import { CheckboxField } from "#components/ui/checkbox.tsx";
import { type StrippableCapability, strippableCapabilities } from "#lib/servers/schema.ts";

export interface AgentCapabilitiesProps {
  /** What the server may not use. */
  stripped: readonly StrippableCapability[];
  onChange: (stripped: StrippableCapability[]) => void;
}

const texts: Record<StrippableCapability, { label: string; help: string }> = {
  sampling: { label: "Sampling", help: "Runs prompts of the server on the agent's model." },
  elicitation: {
    label: "Elicitation",
    help: "Asks the agent's user questions, or to open a link.",
  },
  roots: { label: "Roots", help: "Tells the server which folders the agent works in." },
};

/** What of its agents a server may use; a box that is not ticked takes it away. */
export function AgentCapabilities({ stripped, onChange }: AgentCapabilitiesProps) {
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-2 font-medium text-sm">Let this server use the agent's</legend>
      {strippableCapabilities.map((name) => (
        <CheckboxField
          key={name}
          name={name}
          {...texts[name]}
          checked={!stripped.includes(name)}
          onChange={({ target }) =>
            onChange(
              strippableCapabilities.filter((each) =>
                each === name ? !target.checked : stripped.includes(each),
              ),
            )
          }
        />
      ))}
    </fieldset>
  );
}
