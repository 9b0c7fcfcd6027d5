import type { Metadata } from "next";
import { Part, Text } from "#components/catalog/prose.tsx";
import { DocPage } from "#components/docs/doc-page.tsx";
import { FieldTable } from "#components/docs/field-table.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { conditionOperators, policyBlocks } from "#lib/docs/policy-fields.ts";
import { examplePolicy } from "./example.ts";

export const metadata: Metadata = {
  title: "Policy reference",
  description:
    "Every field of a Callgate policy, every operator of its conditions, and how rules decide.",
  alternates: { canonical: "/docs/policy" },
};

export default function PolicyReferencePage() {
  const operators = conditionOperators().map(({ op, value, options }) => ({
    name: op,
    type: options.length === 0 ? value : `${value}; may take ${options.join(", ")}`,
    required: false,
  }));
  return (
    <DocPage
      current="/docs/policy"
      title="Policy reference"
      lead="A policy is one document, YAML or JSON. The tables below are read from the schema that judges it."
    >
      <Part id="example" title="An example">
        <CodeBlock code={examplePolicy} what="policy" title="policy.yaml" />
      </Part>
      <Part id="precedence" title="How rules decide">
        <Text>
          Order in the file means nothing. Of the rules for a tool that apply, hide goes before
          deny, deny before require_approval, require_approval before allow. If none of its own
          rules decides, the rules of its category and risk class do, then the default. The limits
          of every rule that applies add up, and a call takes a slot of each or of none.
        </Text>
        <Text>
          A condition has three answers. An argument that is absent or has another type than the
          condition needs cannot be judged: a restriction (hide, deny, approval, limit) then
          applies, a permission does not. So no rule is dodged by leaving something out.
        </Text>
      </Part>
      {policyBlocks().map(({ id, title, fields }) => (
        <Part key={id} id={id} title={title}>
          <FieldTable label={title} fields={fields} />
        </Part>
      ))}
      <Part id="conditions" title="Conditions">
        <Text>
          Under when, all must hold. path leads into the arguments: a.b, a[0], or a[*] for every
          element. Patterns are RE2. Each operator takes a value of one kind:
        </Text>
        <FieldTable label="Operators" fields={operators} />
      </Part>
      <Part id="keys" title="Names and globs">
        <Text>
          A key of tools, prompts or resources is a name, in which * stands for any run of
          characters and a backslash takes the next character literally. Several keys may match one
          tool; their rules count together.
        </Text>
      </Part>
      <Part id="limits" title="What a limit counts">
        <Text>
          max calls in any window seconds: a rolling window by the database’s clock, over any number
          of proxies. per: session starts anew when an agent reconnects, so new sessions of an agent
          are limited as well; per: agent, server and org survive a reconnect.
        </Text>
      </Part>
    </DocPage>
  );
}
