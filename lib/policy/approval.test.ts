import { describe, expect, test } from "vitest";
import { combineApprovals } from "./approval.ts";
import { describeRule } from "./describe.ts";
import { asList } from "./document.ts";
import { decide, documentOf, toolOf } from "./testing.ts";

const asking = (approval: string) => `{ action: require_approval, approval: ${approval} }`;
const policyOf = (...rules: string[]) =>
  `{version: 1, default: deny, tools: {pay: [${rules.join(", ")}]}}`;

test("a decision carries the options of its rule as the document has them", () => {
  const rule = asking(
    "{ approvers: { roles: [owner] }, count: 2, message: Look., exclude: [requester] }",
  );
  expect(decide(policyOf(rule), toolOf("pay")).obligations).toEqual([
    {
      kind: "approval",
      rule: "tools.pay[0]",
      reason: null,
      options: {
        approvers: { roles: ["owner"] },
        count: 2,
        message: "Look.",
        exclude: ["requester"],
      },
    },
  ]);
});

test("of several rules that ask for approval, the demands of each hold", () => {
  const options = decide(
    policyOf(
      asking("{ count: 2, request_expires: 600, exclude: [editor] }"),
      "{ action: allow }",
      asking("{ approvers: { roles: [owner, admin] }, request_expires: 300, message: Second. }"),
      asking("{ approvers: { roles: [owner], members: [a@x.test] }, exclude: [requester] }"),
    ),
    toolOf("pay"),
  ).obligations[0];
  expect(options).toMatchObject({
    options: {
      approvers: { roles: ["owner"] },
      count: 2,
      request_expires: 300,
      message: "Second.",
      exclude: ["editor", "requester"],
    },
  });
});

test("rules that name different people leave nobody, so the call is denied and says why", () => {
  const decision = decide(
    policyOf(
      asking("{ approvers: { roles: [owner] } }"),
      asking("{ approvers: { members: [a@x.test] } }"),
    ),
    toolOf("pay"),
  );
  expect(decision).toMatchObject({ effect: "deny", rule: "tools.pay[0]", obligations: [] });
  expect(decision.explanation).toBe(
    "tools.pay[0] and another rule require approval by different people, so nobody may approve this call.",
  );
});

test("nothing demanded stays nothing", () => {
  expect(combineApprovals([{}, {}])).toEqual({});
});

describe("one sentence for the whole rule", () => {
  test.each([
    ["{}", "Require approval."],
    ["{ approvers: { roles: [viewer, admin] } }", "Require approval by an admin or a viewer."],
    ["{ count: 2 }", "Require approval by 2 people."],
    [
      "{ count: 3, approvers: { roles: [owner], members: [a@x.test] }, exclude: [requester, editor] }",
      "Require approval by 3 people, each an owner or a@x.test, but not whoever last edited the rule or the agent's owner.",
    ],
    [
      "{ request_expires: 600, approval_expires: 90 }",
      "Require approval, within 10 minutes, good for 90 seconds.",
    ],
  ])("%s", (approval, sentence) => {
    const [rule] = asList(documentOf(policyOf(asking(approval))).tools?.pay);
    expect(rule && describeRule(rule)).toBe(sentence);
  });

  test("of a rule with a limit and a condition as well", () => {
    const text = `{ action: require_approval, rate_limit: { max: 1, window: 60 }, approval: { count: 2 },
      when: [{ path: amount, op: gt, value: 5 }] }`;
    const [rule] = asList(documentOf(policyOf(text)).tools?.pay);
    expect(rule && describeRule(rule)).toBe(
      "Require approval of up to 1 call per minute per session by 2 people when amount is more than 5.",
    );
  });
});
