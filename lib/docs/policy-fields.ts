import { z } from "zod";
import { ApprovalRule } from "#lib/policy/approval.ts";
import { Condition } from "#lib/policy/condition-schema.ts";
import { AccessRule, PolicyDocument, RateLimitRule, Rule } from "#lib/policy/document.ts";

/** A field of the policy document, as its schema has it. */
export interface PolicyField {
  name: string;
  /** "one of session, agent, server, org", "whole number, 1 to 2678400". */
  type: string;
  required: boolean;
}

export interface PolicyBlock {
  id: string;
  title: string;
  fields: PolicyField[];
}

/** JSON Schema, as much of it as zod writes for a policy. */
interface Schema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
}

/** Every block of the policy document with its fields, read from the schema that judges policies. */
export function policyBlocks(): PolicyBlock[] {
  const rules = schemaOf(Rule).oneOf ?? [];
  return [
    block("document", "The document", schemaOf(PolicyDocument)),
    ...rules.map((rule) => {
      const action = String(rule.properties?.action?.const);
      return block(`action-${action}`, `A rule with action: ${action}`, rule);
    }),
    block("rate-limit", "rate_limit", schemaOf(RateLimitRule)),
    block("approval", "approval", schemaOf(ApprovalRule)),
    block("access", "A rule for a prompt or resource", schemaOf(AccessRule)),
  ];
}

/** The operators of conditions with what each takes as `value`, and its other fields. */
export function conditionOperators(): { op: string; value: string; options: string[] }[] {
  return (schemaOf(Condition).oneOf ?? []).map(({ properties = {} }) => ({
    op: String(properties.op?.const),
    value: typeText(properties.value ?? {}),
    options: Object.keys(properties).filter((name) => !["path", "op", "value"].includes(name)),
  }));
}

function schemaOf(schema: z.ZodType): Schema {
  // What zod writes is JSON Schema; only the members above are read of it.
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema;
}

function block(id: string, title: string, schema: Schema): PolicyBlock {
  const fields = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    type: typeText(property),
    required: schema.required?.includes(name) ?? false,
  }));
  return { id, title, fields };
}

function typeText(schema: Schema): string {
  const text = bareType(schema);
  return schema.default === undefined ? text : `${text}; ${String(schema.default)} unless given`;
}

function bareType(schema: Schema): string {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) {
    const texts = alternatives.map(typeText);
    return [...new Set(texts)].join(", or ");
  }
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return `one of ${schema.enum.join(", ")}`;
  switch (schema.type) {
    case "string":
      return schema.maxLength === undefined
        ? "text"
        : `text, at most ${schema.maxLength} characters`;
    case "integer":
      return `whole number${range(schema)}`;
    case "number":
      return `number${range(schema)}`;
    case "boolean":
      return "true or false";
    case "array":
      return `list of ${bareType(schema.items ?? {})}${schema.maxItems === undefined ? "" : `, at most ${schema.maxItems}`}`;
    case "object":
      return objectText(schema);
    default:
      return "any value";
  }
}

function objectText({ properties, additionalProperties }: Schema): string {
  if (typeof additionalProperties === "object") return `name → ${ruleOr(additionalProperties)}`;
  const names = Object.keys(properties ?? {});
  if (names.includes("action")) return "a rule";
  if (names.includes("op")) return "conditions";
  return `block of ${names.join(", ")}`;
}

function ruleOr(schema: Schema): string {
  return JSON.stringify(schema).includes('"action"')
    ? "a rule, or a list of rules"
    : bareType(schema);
}

function range({ minimum, maximum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `, ${minimum} or more`;
  return maximum === undefined ? "" : `, at most ${maximum}`;
}
