import { compare, type Difference, losses, scenariosOf } from "./compare.ts";
import type { Stage, Subject } from "./stage.ts";
import type { Check, Revision } from "./suite.ts";

export interface Comparison {
  title: string;
  subject: Subject;
  revision: Revision;
  /**
   * `equal`: every check ends as it does directly. `translated`: the eras differ, so the server alone
   * fails most of it; nothing that it passes may be lost.
   */
  promise: "equal" | "translated";
}

/** Everything that is held against the suite. */
export const comparisons: readonly Comparison[] = [
  { title: "Server of both eras", subject: "dual-era", revision: "2025-11-25", promise: "equal" },
  { title: "Server of both eras", subject: "dual-era", revision: "2026-07-28", promise: "equal" },
  { title: "Legacy server, HTTP", subject: "legacy", revision: "2025-11-25", promise: "equal" },
  {
    title: "Server of both eras, stdio",
    subject: "dual-era-stdio",
    revision: "2025-11-25",
    promise: "equal",
  },
  {
    title: "Server of both eras, stdio",
    subject: "dual-era-stdio",
    revision: "2026-07-28",
    promise: "equal",
  },
  {
    title: "Legacy server, stdio",
    subject: "legacy-stdio",
    revision: "2025-11-25",
    promise: "equal",
  },
  {
    title: "Legacy server, HTTP",
    subject: "legacy",
    revision: "2026-07-28",
    promise: "translated",
  },
  {
    title: "Legacy server, stdio",
    subject: "legacy-stdio",
    revision: "2026-07-28",
    promise: "translated",
  },
  {
    title: "Server of 2026-07-28 alone",
    subject: "modern",
    revision: "2025-11-25",
    promise: "translated",
  },
];

export interface Compared {
  direct: readonly Check[];
  gated: readonly Check[];
  /** What breaks the promise; empty when it holds. */
  differences: Difference[];
}

export async function runComparison(
  stage: Stage,
  { subject, revision, promise }: Comparison,
): Promise<Compared> {
  const direct = await stage.direct(subject, revision);
  const gated = await stage.gated(subject, revision);
  const all = compare(direct, gated);
  return { direct, gated, differences: promise === "equal" ? all : losses(all) };
}

/** The tool that one rule denies, and the only scenario that may then end otherwise. */
export const denied = { tool: "test_image_content", scenario: "tools-call-image" };

/** The scenarios that end otherwise under one deny rule than they do without the proxy. */
export async function scenariosUnderDenyRule(stage: Stage, revision: Revision): Promise<string[]> {
  const tools = { [denied.tool]: { action: "deny" } };
  const policy = { version: 1, default: "allow", tools };
  const direct = await stage.direct("dual-era", revision);
  return scenariosOf(compare(direct, await stage.gated("dual-era", revision, policy)));
}
