import type { Category, RiskClass } from "#lib/policy/types.ts";
import type { Signal } from "./types.ts";

export const CATEGORY_TEXT: Record<Category, { label: string; meaning: string }> = {
  read: { label: "Read", meaning: "returns data and changes nothing" },
  write: { label: "Write", meaning: "creates or changes data" },
  execute: { label: "Execute", meaning: "starts something whose effect depends on its arguments" },
  destructive: { label: "Destructive", meaning: "removes data or ends something for good" },
  financial: { label: "Financial", meaning: "moves or commits money" },
};

export const RISK_CLASS_LABEL: Record<RiskClass, string> = {
  low: "Low",
  medium: "Medium",
  high: "High",
  critical: "Critical",
};

/** `label` is a chip, `advice` a full sentence for whoever writes the rule. */
export const SIGNAL_TEXT: Record<Signal, { label: string; advice: string }> = {
  creates_credentials: {
    label: "Creates credentials",
    advice: "What it returns opens other doors: limit it and require approval where keys are rare.",
  },
  takes_secret: {
    label: "Takes a secret",
    advice: "The secret passes through the model's context; prefer a server that holds it itself.",
  },
  exposes_secrets: {
    label: "Exposes secrets",
    advice: "Its result may contain keys or passwords that the agent then knows.",
  },
  accepts_url: {
    label: "Accepts a URL",
    advice: "Restrict the address to the hosts you mean, or it can reach inside your network.",
  },
  accepts_path: {
    label: "Accepts a path",
    advice: "Restrict the path by its beginning, and refuse “..”.",
  },
  accepts_code: {
    label: "Accepts code",
    advice: "Code decides what happens; a rule on the name cannot.",
  },
  accepts_sql: {
    label: "Accepts SQL",
    advice: "Give the server a database role that can only do what you would allow.",
  },
  accepts_shell_command: {
    label: "Accepts a shell command",
    advice: "It can do what its account can do: require approval or deny.",
  },
  accepts_template: {
    label: "Accepts a template",
    advice: "Templates and markup can carry code into whatever renders them.",
  },
  selects_operation: {
    label: "Operation chosen by argument",
    advice: "Write conditions on the argument that selects the operation, not only on the tool.",
  },
  bulk: { label: "Bulk", advice: "One call can touch many things: limit the length of its list." },
  reaches_outside: {
    label: "Reaches outside",
    advice: "It talks to systems or people beyond this server.",
  },
  costs_money: { label: "Costs money", advice: "Calls are billed or move money: set a limit." },
  irreversible: {
    label: "Irreversible",
    advice: "Its own words say there is no way back: require approval.",
  },
  no_description: {
    label: "No description",
    advice: "Only its name speaks for it; look at what it does before allowing it.",
  },
  annotation_conflict: {
    label: "Contradictory hints",
    advice:
      "The server's hints say it is harmless, and another hint, its name or its description does not.",
  },
  instruction_override: {
    label: "Instructs the agent",
    advice: "Its text gives orders to the model, as tool poisoning does: read it before accepting.",
  },
  hidden_text: {
    label: "Hides text",
    advice: "It contains characters or blocks a person does not see and a model does.",
  },
  oversized_text: {
    label: "Very long text",
    advice: "Its text is long enough to bury instructions and fill the model's context.",
  },
  unsafe_name: {
    label: "Unusual name",
    advice: "Its name uses characters outside A–Z a–z 0–9 _ - . and may imitate another tool.",
  },
};
