"use client";

import { useMemo, useState } from "react";
import { classifyTool } from "#lib/catalog/classify.ts";
import { type CaseResult, type PolicyCase, runCases } from "#lib/policy/cases.ts";
import type { PolicyDocument } from "#lib/policy/document.ts";
import { formatPolicy } from "#lib/policy/format.ts";
import { type PolicyProblem, parsePolicy } from "#lib/policy/parse.ts";
import type { PolicyTool } from "./policy-tool.ts";
import { rewritePolicy } from "./rewrite-text.ts";
import { useLeaveWarning } from "./use-leave-warning.ts";

/** A saved version as the editor begins with it. */
export interface SavedPolicy {
  version: number;
  text: string;
  cases: readonly PolicyCase[];
}

export interface Draft {
  /** The version that is edited. */
  base: SavedPolicy;
  text: string;
  cases: readonly PolicyCase[];
  /** The last text that could be read. */
  document: PolicyDocument;
  problems: readonly PolicyProblem[];
  isDirty: boolean;
  /** The cases against the draft; null while it cannot be read. */
  results: readonly CaseResult[] | null;
  /** Another version came into force while this one was edited. */
  conflict: SavedPolicy | null;
  setText: (text: string) => void;
  setDocument: (document: PolicyDocument) => void;
  setCases: (cases: readonly PolicyCase[]) => void;
  /** Begins from a saved version; what was typed goes. */
  take: (saved: SavedPolicy) => void;
  /** Edits on top of another version; what was typed stays. */
  keepOn: (saved: SavedPolicy) => void;
}

const nothing: PolicyDocument = { version: 1, default: "deny" };

/** The one text behind both sides of the editor, with its cases. */
export function useDraft(
  current: SavedPolicy,
  tools: readonly PolicyTool[],
  start?: (document: PolicyDocument) => PolicyDocument,
): Draft {
  const [base, setBase] = useState(current);
  const [text, setText] = useState(() => startText(current.text, start));
  const [cases, setCases] = useState(current.cases);
  const [last, setLast] = useState<PolicyDocument>(nothing);
  const parsed = useMemo(() => parsePolicy(text), [text]);
  const document = parsed.ok ? parsed.document : last;
  if (parsed.ok && last !== parsed.document) setLast(parsed.document);

  const isDirty =
    (parsed.ok ? formatPolicy(parsed.document, "yaml") !== base.text : true) && text !== base.text
      ? true
      : JSON.stringify(cases) !== JSON.stringify(base.cases);

  function take(saved: SavedPolicy) {
    setBase(saved);
    setText(saved.text);
    setCases(saved.cases);
  }

  // Another tab or person saved: without edits here it is simply shown.
  if (current.version !== base.version && current.version > base.version && !isDirty) take(current);
  useLeaveWarning(isDirty);

  const results = useMemo(
    () => (parsed.ok ? runCases(parsed.document, cases, (name) => factsFor(name, tools)) : null),
    [parsed, cases, tools],
  );
  return {
    base,
    text,
    cases,
    document,
    problems: parsed.ok ? none : parsed.errors,
    isDirty,
    results,
    conflict: current.version > base.version && isDirty ? current : null,
    setText,
    setDocument: (next) => setText(rewritePolicy(text, next)),
    setCases,
    take,
    keepOn: setBase,
  };
}

const none: readonly PolicyProblem[] = [];

function startText(
  text: string,
  start: ((document: PolicyDocument) => PolicyDocument) | undefined,
): string {
  const parsed = parsePolicy(text);
  return start !== undefined && parsed.ok ? rewritePolicy(text, start(parsed.document)) : text;
}

/** A tool that the server does not have is classified by its name, as saving does. */
function factsFor(name: string, tools: readonly PolicyTool[]) {
  const known = tools.find((tool) => tool.name === name);
  if (known !== undefined) return known;
  const { category, riskClass } = classifyTool({ name }, { trustedAnnotations: false });
  return { name, category, riskClass };
}
