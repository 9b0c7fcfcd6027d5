import { describe, expect, test } from "vitest";
import { compilePolicy } from "./compile.ts";
import { evaluate } from "./evaluate.ts";
import { importPolicy } from "./import.ts";
import type { JsonObject } from "./types.ts";

function imported(source: unknown) {
  const result = importPolicy(typeof source === "string" ? source : JSON.stringify(source));
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join("\n"));
  const { policy, notCarried } = result;
  const compiled = compilePolicy(policy);
  const decide = (name: string, args: JsonObject = {}) => {
    const tool = { name, category: "write", riskClass: "medium" } as const;
    const { effect, reason, obligations } = evaluate(compiled, { tool, arguments: args });
    const limits = obligations.flatMap((each) =>
      each.kind === "rate_limit" ? [`${each.max}/${each.windowSeconds}s per ${each.per}`] : [],
    );
    const needsApproval = obligations.some(({ kind }) => kind === "approval");
    return { effect: needsApproval ? "approve" : effect, reason, limits };
  };
  return { policy, notCarried: notCarried.map(({ path }) => path), decide };
}

describe("our own document", () => {
  test("stays as it is", () => {
    const text = "version: 1\ndefault: allow\ntools: { echo: { action: deny, reason: No. } }\n";
    const { policy, notCarried } = imported(text);
    expect(policy).toEqual({
      version: 1,
      default: "allow",
      tools: { echo: { action: "deny", reason: "No." } },
    });
    expect(notCarried).toEqual([]);
  });
});

describe("the form of the catalogue's questions", () => {
  test("a rate_limit block and action: deny with a reason work as those pages say", () => {
    const { policy, decide, notCarried } = imported({
      tools: {
        create_api_key: { action: "allow", rate_limit: { max: 10, window: 60 } },
        delete_user: { action: "deny", reason: "Ask the platform team." },
        pay: { action: "require approval" },
      },
    });
    expect(notCarried).toEqual([]);
    expect(policy.default).toBe("deny");
    expect(decide("create_api_key").limits).toEqual(["10/60s per session"]);
    expect(decide("delete_user")).toMatchObject({
      effect: "deny",
      reason: "Ask the platform team.",
    });
    expect(decide("pay").effect).toBe("approve");
    expect(decide("anything_else").effect).toBe("deny");
  });

  test("a limit without an action allows up to it, also in its short spelling", () => {
    const { decide } = imported("tools: { a: { rate_limit: 5/minute } }");
    expect(decide("a")).toMatchObject({ effect: "allow", limits: ["5/60s per session"] });
  });

  test.each([
    ["an unknown field", { action: "allow", only_on_weekdays: true }],
    ["an unknown action", { action: "audit" }],
    ["a limit without numbers", { action: "rate_limit" }],
    ["no rule at all", []],
    ["a text", "allow"],
  ])("%s denies the tool and is reported", (_what, entry) => {
    const { decide, notCarried } = imported({ default: "allow", tools: { a: entry } });
    expect(decide("a").effect).toBe("deny");
    expect(notCarried).toHaveLength(1);
    expect(decide("b").effect).toBe("allow");
  });
});

describe("PolicyLayer's JSON", () => {
  test("listing a tool allows it, hide hides it, the rest is the default", () => {
    const { decide } = imported({
      version: "1",
      default: "deny",
      hide: ["delete_account"],
      tools: { create_charge: {}, delete_account: {} },
    });
    expect(decide("create_charge").effect).toBe("allow");
    expect(decide("delete_account").effect).toBe("hide");
    expect(decide("other").effect).toBe("deny");
  });

  test("deny_if denies with its message, and always when it has no conditions", () => {
    const { decide } = imported({
      version: "1",
      default: "deny",
      tools: {
        refund: {
          deny_if: [
            {
              conditions: [{ path: "args.amount", op: "gt", value: 100 }],
              on_deny: "Refund exceeds the policy limit.",
            },
          ],
        },
        wipe: { deny_if: [{ conditions: [], on_deny: "Never." }] },
      },
    });
    expect(decide("refund", { amount: 100 }).effect).toBe("allow");
    expect(decide("refund", { amount: 101 })).toMatchObject({
      effect: "deny",
      reason: "Refund exceeds the policy limit.",
    });
    expect(decide("refund", { amount: "101" }).effect).toBe("deny");
    expect(decide("wipe")).toMatchObject({ effect: "deny", reason: "Never." });
  });

  test("require refuses calls for which it does not hold, or cannot be told", () => {
    const { decide, notCarried } = imported({
      version: "1",
      default: "deny",
      tools: {
        refund: {
          require: [
            { path: "args.reason", op: "exists", value: true },
            { path: "args.note", op: "contains", value: "ticket" },
          ],
        },
      },
    });
    expect(notCarried).toEqual([]);
    expect(decide("refund", { reason: "r", note: "see ticket 4" }).effect).toBe("allow");
    expect(decide("refund", { reason: "r", note: "none" }).effect).toBe("deny");
    expect(decide("refund", { note: "see ticket 4" }).effect).toBe("deny");
    expect(decide("refund", { reason: "r" }).effect).toBe("deny");
  });

  test("a requirement that only a permission can say denies the tool where the default allows", () => {
    const { decide, notCarried } = imported({
      version: "1",
      default: "allow",
      tools: { a: { require: [{ path: "args.x", op: "regex", value: "^ok" }] } },
    });
    expect(decide("a", { x: "ok" }).effect).toBe("deny");
    expect(notCarried).toEqual(["tools.a"]);
  });

  test("limits count per agent, those of all tools together", () => {
    const { decide } = imported({
      version: "1",
      default: "deny",
      all_tools: { limits: [{ counter: "all", window: "hour", max: 100, scope: "grant" }] },
      tools: { a: { limits: [{ counter: "a_rate", window: "minute", max: 30, scope: "grant" }] } },
    });
    expect(decide("a").limits.sort()).toEqual(["100/3600s per agent", "30/60s per agent"]);
  });

  test("a limit that counts an argument instead of calls denies the tool and is reported", () => {
    const limit = { counter: "spend", window: "day", max: 500, scope: "grant", amount: "args.usd" };
    const { decide, notCarried } = imported({
      version: "1",
      default: "deny",
      tools: { pay: { limits: [limit] } },
    });
    expect(decide("pay").effect).toBe("deny");
    expect(notCarried).toEqual(["tools.pay.limits[0]"]);
  });

  test("a pattern is found anywhere in the text, as it is there", () => {
    const { decide } = imported({
      version: "1",
      default: "allow",
      tools: {
        sql: { deny_if: [{ conditions: [{ path: "args.q", op: "regex", value: "(?i)drop|^x" }] }] },
      },
    });
    expect(decide("sql", { q: "select 1;\nDROP table t" }).effect).toBe("deny");
    expect(decide("sql", { q: "x" }).effect).toBe("deny");
    expect(decide("sql", { q: "select 1" }).effect).toBe("allow");
  });

  test("a condition that cannot be read makes a denial apply more often, never less", () => {
    const { decide, notCarried } = imported({
      version: "1",
      default: "allow",
      tools: {
        a: {
          deny_if: [
            {
              conditions: [
                { path: "args.n", op: "gt", value: 1 },
                { path: "grant.label", op: "eq", value: "ci" },
              ],
            },
          ],
        },
      },
    });
    expect(decide("a", { n: 2 }).effect).toBe("deny");
    expect(decide("a", { n: 1 }).effect).toBe("allow");
    expect(notCarried).toEqual(["tools.a.deny_if[0].conditions[1]"]);
  });
});

describe("Intercept's YAML", () => {
  test("without a default everything is allowed, as it is there", () => {
    const { policy, decide } = imported(`
version: "1"
description: Limits for the ticket server
tools:
  create_issue:
    rules:
      - name: hourly cap
        rate_limit: 5/hour
  delete_repo:
    rules:
      - { name: never, action: deny, on_deny: "Repositories stay." }
  "*":
    rules:
      - { name: all, rate_limit: 60/minute }
`);
    expect(policy.default).toBe("allow");
    expect(decide("create_issue").limits.sort()).toEqual([
      "5/3600s per server",
      "60/60s per server",
    ]);
    expect(decide("delete_repo")).toMatchObject({ effect: "deny", reason: "Repositories stay." });
    expect(decide("other")).toMatchObject({ effect: "allow", limits: ["60/60s per server"] });
  });

  test("an evaluate rule denies what does not hold; missing and wrong types do not hold", () => {
    const { decide } = imported(`
version: "1"
default: deny
tools:
  pay:
    rules:
      - name: small
        action: evaluate
        conditions:
          - { path: args.amount, op: lte, value: 500 }
          - { path: args.currency, op: in, value: [usd, eur] }
        on_deny: Too much.
`);
    expect(decide("pay", { amount: 500, currency: "usd" }).effect).toBe("allow");
    expect(decide("pay", { amount: 501, currency: "usd" })).toMatchObject({
      effect: "deny",
      reason: "Too much.",
    });
    expect(decide("pay", { amount: "1", currency: "usd" }).effect).toBe("deny");
    expect(decide("pay", { amount: 1 }).effect).toBe("deny");
  });

  test("a bounded counter becomes a limit; one of money denies the tool", () => {
    const { decide, notCarried } = imported(`
version: "1"
default: deny
tools:
  a:
    rules:
      - name: daily
        conditions: [{ path: state.a.daily, op: lt, value: 20 }]
        state: { counter: daily, window: day, increment: 2 }
  b:
    rules:
      - name: money
        conditions: [{ path: state.b.spent, op: lte, value: 1000 }]
        state: { counter: spent, window: day, increment_from: args.amount }
`);
    expect(decide("a").limits).toEqual(["9/86400s per server"]);
    expect(decide("b").effect).toBe("deny");
    expect(notCarried).toEqual(["tools.b.rules[0].conditions[0]"]);
  });

  test("require_approval asks for the calls it names", () => {
    const { policy, decide, notCarried } = imported(`
version: "1"
default: allow
approvals: { notify: { webhook: { url: "https://hooks.example.com" } } }
tools:
  pay:
    rules:
      - name: big
        action: require_approval
        approval_timeout: 30m
        conditions: [{ path: args.amount, op: gt, value: 50000 }]
  wire: { rules: [{ name: all, action: require_approval, approval_timeout: 30d }] }
`);
    expect(decide("pay", { amount: 50_001 }).effect).toBe("approve");
    expect(decide("pay", { amount: 1 }).effect).toBe("allow");
    expect(policy.tools?.pay).toMatchObject([{ approval: { request_expires: 1_800 } }, {}]);
    expect(notCarried).toEqual(["approvals", "tools.wire.rules[0].approval_timeout"]);
  });

  test("rules for all tools do not rescue a tool that is not listed", () => {
    const { decide } = imported(`
version: "1"
default: deny
tools:
  listed: { rules: [] }
  "*":
    rules:
      - { name: ask, action: require_approval }
`);
    expect(decide("listed").effect).toBe("approve");
    expect(decide("unlisted").effect).toBe("deny");
  });
});

describe("what is not imported", () => {
  test.each([
    ["a field that nobody knows", { version: "1", spending: {} }, "spending"],
    ["another version", { version: "2", tools: {} }, "version"],
    ["a default that is no default", { default: "audit" }, "default"],
    ["tools as a list", { tools: ["a"] }, "tools"],
  ])("%s is refused, and named", (_what, source, path) => {
    const result = importPolicy(JSON.stringify(source));
    expect(result.ok ? [] : result.errors.map((error) => error.path)).toEqual([path]);
  });

  test.each([
    ["nothing", ""],
    ["a list", "[]"],
    ["broken YAML", "a: ["],
    ["a word", "true"],
    ["a value that contains itself", "a: &x [*x]"],
    ["ten thousand open braces", "{".repeat(10_000)],
  ])("%s is refused without an exception", (_what, text) => {
    expect(importPolicy(text).ok).toBe(false);
  });
});
