import type { Condition } from "#lib/policy/condition-schema.ts";
import type { Rule } from "#lib/policy/document.ts";
import { isSelector, operationCategory } from "./parameter-claims.ts";
import { type Parameter, parameterSummary } from "./parameters.ts";
import { signalsOfParameter } from "./signals.ts";
import type { ToolDefinition } from "./types.ts";
import { splitWords } from "./words.ts";

/** What a rule can ask of a tool's arguments because its schema announces it. */
export interface ArgumentChecks {
  /** Rules that go before the permission: what no call may contain. */
  deny: Rule[];
  /** Conditions of the permission itself. */
  when: Condition[];
  /** The rest of a sentence: “takes only …”. Empty where there is nothing to check. */
  reason: string;
}

const MAX_CHECKS = 6;
const MAX_LIST_ITEMS = 20;

/**
 * Checks for the required arguments of a tool: allowed values, secure addresses, paths that stay where they
 * are, short lists. Optional arguments give none: a condition on an absent one would refuse the call.
 */
export function argumentChecks(definition: ToolDefinition): ArgumentChecks {
  const input = {
    nameWords: splitWords(definition.name),
    description: definition.description ?? "",
    says: true,
  };
  const checks: ArgumentChecks = { deny: [], when: [], reason: "" };
  const reasons: string[] = [];
  for (const parameter of checkable(parameterSummary(definition.inputSchema).list)) {
    if (reasons.length === MAX_CHECKS) break;
    const path = parameter.name;
    const signals = [...signalsOfParameter(parameter, input)].map(({ signal }) => signal);
    if (isTextEnum(parameter)) {
      checks.when.push({ path, op: "in", value: parameter.enumValues });
      reasons.push(`${path} takes only the values its schema lists`);
    } else if (parameter.type === "string" && signals.includes("accepts_url")) {
      checks.when.push({ path, op: "starts_with", value: "https://", ignore_case: true });
      reasons.push(`${path} takes only https addresses`);
    } else if (parameter.type === "string" && signals.includes("accepts_path")) {
      const when: Condition[] = [{ path, op: "contains", value: ".." }];
      checks.deny.push({ action: "deny", when, reason: "Paths with .. are refused." });
      reasons.push(`${path} may not climb out of its folder`);
    } else if (parameter.type.startsWith("array") && signals.includes("bulk")) {
      checks.when.push({ path, op: "length", value: { of: "list", max: MAX_LIST_ITEMS } });
      reasons.push(`${path} takes at most ${MAX_LIST_ITEMS} things`);
    }
  }
  return { ...checks, reason: reasons.join(", ") };
}

/** The argument that selects what a tool does, and which of its values do no harm. */
export interface Selector {
  path: string;
  harmless: string[];
  changing: string[];
}

/**
 * The required argument whose enumerated values are the tool's operations; undefined where there is
 * none, or where no value is both known and harmless enough to pass without a person.
 */
export function selectorOf(parameters: readonly Parameter[]): Selector | undefined {
  const parameter = checkable(parameters).find((each) => isSelector(each) && isTextEnum(each));
  if (parameter === undefined || parameter.enumValues.length < 2) return undefined;
  const of = (...wanted: string[]) =>
    parameter.enumValues.filter((value) => wanted.includes(operationCategory(value) ?? ""));
  const harmless = of("read");
  const changing = of("write");
  const rest = parameter.enumValues.length - harmless.length - changing.length;
  if (rest === 0 || harmless.length + changing.length === 0) return undefined;
  return { path: parameter.name, harmless, changing };
}

/** Conditions name places by a path; a name with other characters would have to be quoted. */
function checkable(parameters: readonly Parameter[]): Parameter[] {
  return parameters.filter(({ name, required }) => required && /^[A-Za-z_]\w{0,63}$/.test(name));
}

function isTextEnum({ type, enumValues }: Parameter): boolean {
  return type === "string" && enumValues.length > 0 && enumValues.length < 50;
}
