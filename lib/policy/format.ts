import { Document, isMap, isScalar, isSeq, visit } from "yaml";
import type { Condition } from "./condition-schema.ts";
import {
  type AccessRule,
  asList,
  type ClassRule,
  type PolicyDocument,
  type Rule,
} from "./document.ts";
import { type ApprovalOptions, categories, type RateLimit, riskClasses } from "./types.ts";

/**
 * Writes a policy as people would: fields in one fixed order, classes by severity, tools by name,
 * defaults left out. Reading the text gives the same document, and equal documents give equal text.
 */
export function formatPolicy(document: PolicyDocument, as: "yaml" | "json"): string {
  const ordered = orderDocument(document);
  if (as === "json") return `${JSON.stringify(ordered, null, 2)}\n`;
  const yaml = new Document(ordered, { aliasDuplicateObjects: false });
  visit(yaml, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key)) return;
      const isSmall = key.value === "rate_limit" || key.value === "approval";
      if (isSmall && (isMap(value) || isSeq(value))) value.flow = true;
      if (key.value === "when" && isSeq(value)) {
        for (const condition of value.items) if (isMap(condition)) condition.flow = true;
      }
    },
    Scalar: (_, node) => {
      // Line and paragraph separators, returns and control characters do not survive unquoted.
      if (typeof node.value === "string" && /[^\P{C}]|[\u2028\u2029]/u.test(node.value)) {
        node.type = "QUOTE_DOUBLE";
      }
    },
  });
  return yaml.toString({ lineWidth: 0 });
}

function orderDocument(document: PolicyDocument) {
  const { classes, tools, prompts, resources, all_tools } = document;
  return {
    version: document.version,
    default: document.default,
    ...(classes && {
      classes: Object.fromEntries(
        [...categories, ...riskClasses].flatMap((name) => {
          const rule = classes[name];
          return rule === undefined ? [] : [[name, orderRule(rule)]];
        }),
      ),
    }),
    ...(tools && { tools: orderKeys(tools, orderRule) }),
    ...(prompts && { prompts: orderKeys(prompts, orderAccess) }),
    ...(resources && { resources: orderKeys(resources, orderAccess) }),
    ...(all_tools && { all_tools: { rate_limit: mapOneOrMany(all_tools.rate_limit, orderLimit) } }),
  };
}

function orderKeys<T, U>(record: Record<string, T | T[]>, change: (rule: T) => U) {
  return Object.fromEntries(
    Object.entries(record)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, rules]) => [key, mapOneOrMany(rules, change)]),
  );
}

function orderAccess({ action, reason }: AccessRule) {
  return { action, ...(reason !== undefined && { reason }) };
}

function orderRule(rule: Rule | ClassRule) {
  return {
    ...("when" in rule && { when: rule.when?.map(orderCondition) }),
    action: rule.action,
    ...("rate_limit" in rule &&
      rule.rate_limit && { rate_limit: mapOneOrMany(rule.rate_limit, orderLimit) }),
    ...("approval" in rule && rule.approval && { approval: orderApproval(rule.approval) }),
    ...(rule.reason !== undefined && { reason: rule.reason }),
  };
}

function orderApproval(options: ApprovalOptions) {
  const { approvers, count, request_expires, approval_expires, message, exclude } = options;
  return {
    ...(approvers && {
      approvers: {
        ...(approvers.roles && { roles: approvers.roles }),
        ...(approvers.members && { members: approvers.members }),
      },
    }),
    ...(count !== undefined && { count }),
    ...(request_expires !== undefined && { request_expires }),
    ...(approval_expires !== undefined && { approval_expires }),
    ...(message !== undefined && { message }),
    ...(exclude && { exclude }),
  };
}

function orderLimit({ max, window, per }: RateLimit) {
  return per === "session" ? { max, window } : { max, window, per };
}

function orderCondition(condition: Condition) {
  const { path, op, value, ...options } = condition;
  return {
    path,
    ...("joined_with" in options && { joined_with: options.joined_with }),
    op,
    value: op === "length" ? orderRange(value) : value,
    ...("ignore_case" in options && { ignore_case: options.ignore_case }),
    ...("trim" in options && { trim: options.trim }),
  };
}

function orderRange({ of, min, max }: Extract<Condition, { op: "length" }>["value"]) {
  return { of, ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function mapOneOrMany<T, U>(value: T | T[], change: (item: T) => U): U | U[] {
  const changed = asList(value).map(change);
  const [first] = changed;
  return Array.isArray(value) || first === undefined ? changed : first;
}
