import { compilePolicy, compileStored } from "#lib/policy/compile.ts";
import { costlyCalls } from "#lib/policy/costly-calls.ts";
import { evaluate } from "#lib/policy/evaluate.ts";
import { documentOf, oneRule, toolOf } from "#lib/policy/testing.ts";
import type { Prisma } from "#prisma/client.ts";
import { compare } from "../compare.ts";
import { quantile } from "../load.ts";
import type { Figure } from "../print.ts";
import { policyOf } from "../world.ts";
import type { Section } from "./section.ts";

/** What deciding alone costs, by the number of rules that speak of the tool. */
export const decisions: Section = async (world, effort, say) => {
  const figures: Figure[] = [];
  for (const amount of [1, 100, 1_000]) {
    say(`${amount} rules`);
    figures.push({
      name: `evaluating a call, ${amount} rules of its tool, p50`,
      value: evaluationMicroseconds(amount),
      unit: "µs",
      target: amount === 100 ? 20 : null,
    });
  }
  say("the costliest call");
  figures.push({
    name: "evaluating a call made to cost the most, the worst of them",
    value: costliestMilliseconds(),
    unit: "ms",
    target: 20,
  });
  const conditioned = await world.gated("Callgate, 100 rules with conditions", policyWith(100));
  const plain = await world.gated("Callgate, one rule", policyOf({ action: "allow" }));
  const calls = await compare([world.passThrough(), plain, conditioned], 1, effort);
  return { title: "Policy", calls, figures };
};

/** Rules of one tool, each with a condition that has to be looked at; the last one allows. */
function policyWith(amount: number): Prisma.InputJsonObject {
  const rules = Array.from({ length: amount - 1 }, (_, at) => ({
    when: [{ path: "text", op: "eq", value: `never-${at}` }],
    action: "deny",
  }));
  return { version: 1, default: "deny", tools: { echo: [...rules, { action: "allow" }] } };
}

function evaluationMicroseconds(amount: number): number {
  const policy = compileStored(policyWith(amount));
  const call = {
    tool: { name: "echo", category: "read", riskClass: "low" },
    arguments: { text: "hello", count: 3 },
  } as const;
  const repeats = 20;
  const times = Array.from({ length: 1_000 }, () => {
    const started = performance.now();
    for (let turn = 0; turn < repeats; turn += 1) evaluate(policy, call);
    return ((performance.now() - started) * 1_000) / repeats;
  });
  return quantile(times.slice(500), 0.5);
}

/** The worst of the calls made to hold the process; of each the best of three fresh policies. */
function costliestMilliseconds(): number {
  const times = costlyCalls.map(([, condition, args]) => {
    const document = documentOf(oneRule("deny", condition));
    const rounds = [0, 1, 2].map(() => {
      const policy = compilePolicy(document);
      const started = performance.now();
      evaluate(policy, { tool: toolOf("pay"), arguments: args });
      return performance.now() - started;
    });
    return Math.min(...rounds);
  });
  return Math.max(...times);
}
