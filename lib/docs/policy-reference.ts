import { type DocumentDetail, text } from "./document.ts";
import { examplePolicy } from "./example-policy.ts";
import { conditionOperators, policyBlocks } from "./policy-fields.ts";

/** Every block of a policy, read from the schema that judges policies. */
export function policyReference(): DocumentDetail {
  return {
    path: "/docs/policy",
    title: "Policy reference",
    description:
      "Every field of a Callgate policy, every operator of its conditions, and how rules decide.",
    lead: "A policy is one document, YAML or JSON. The tables below are read from the schema that judges it.",
    parts: [
      {
        id: "example",
        title: "An example",
        blocks: [
          {
            kind: "code",
            code: examplePolicy,
            language: "yaml",
            what: "policy",
            title: "policy.yaml",
          },
        ],
      },
      {
        id: "precedence",
        title: "How rules decide",
        blocks: [
          text(
            "Order in the file means nothing. Of the rules for a tool that apply, hide goes before deny, deny before require_approval, require_approval before allow. If none of its own rules decides, the rules of its category and risk class do, then the default. The limits of every rule that applies add up, and a call takes a slot of each or of none.",
          ),
          text(
            "A condition has three answers. An argument that is absent or has another type than the condition needs cannot be judged: a restriction (hide, deny, approval, limit) then applies, a permission does not. So no rule is dodged by leaving something out.",
          ),
        ],
      },
      ...policyBlocks().map(({ id, title, fields }) => ({
        id,
        title,
        blocks: [
          {
            kind: "fields" as const,
            label: title,
            fields: fields.map(({ name, type, required }) => ({ names: [name], type, required })),
          },
        ],
      })),
      {
        id: "conditions",
        title: "Conditions",
        blocks: [
          text(
            "Under when, all must hold. path leads into the arguments: a.b, a[0], or a[*] for every element. Patterns are RE2. Each operator takes a value of one kind:",
          ),
          {
            kind: "fields",
            label: "Operators",
            fields: conditionOperators().map(({ op, value, options }) => ({
              names: [op],
              type: options.length === 0 ? value : `${value}; may take ${options.join(", ")}`,
              required: false,
            })),
          },
        ],
      },
      {
        id: "keys",
        title: "Names and globs",
        blocks: [
          text(
            "A key of tools, prompts or resources is a name, in which * stands for any run of characters and a backslash takes the next character literally. Several keys may match one tool; their rules count together.",
          ),
        ],
      },
      {
        id: "limits",
        title: "What a limit counts",
        blocks: [
          text(
            "max calls in any window seconds: a rolling window by the database’s clock, over any number of proxies. per: session starts anew when an agent reconnects, so new sessions of an agent are limited as well; per: agent, server and org survive a reconnect.",
          ),
        ],
      },
    ],
  };
}
