import { CATEGORY_TEXT } from "./describe.ts";
import { findPoisoning } from "./poisoning.ts";
import { riskClass, startSentence } from "./risk-class.ts";
import { findSignals, openSignals, type RevealedSignals, revealSignals } from "./signals.ts";
import { readSubject, type Subject, touchesElement } from "./subject.ts";
import type {
  Classification,
  ClassificationContext,
  Evidence,
  SignalFinding,
  ToolDefinition,
} from "./types.ts";
import { decide, type Verdict } from "./verdict.ts";

/**
 * Classifies a tool from its definition alone: pure, deterministic, never throws. Name, description,
 * parameters and hints are all untrusted; a hint lowers the class only in a trusted context. A tool
 * about which nothing can be read is Execute and High, with confidence 0.2.
 */
export function classifyTool(
  definition: ToolDefinition,
  context: ClassificationContext,
): Classification {
  const subject = readSubject(definition);
  const revealed = revealSignals(subject, subject.scan);
  const verdict = decide(subject, revealed);
  const findings = collectFindings(definition, subject, verdict, revealed);
  const signals = new Set(findings.map(({ signal }) => signal));
  const { riskClass: finalClass, moves } = riskClass({
    category: verdict.category,
    signals,
    open: openSignals(subject.topLevel, revealed),
    elementOnly: verdict.element || (verdict.category === "destructive" && touchesElement(subject)),
    hints: subject.hints,
    trustedAnnotations: context.trustedAnnotations,
    certainChange: verdict.certainChange,
  });
  return {
    category: verdict.category,
    riskClass: finalClass,
    confidence: confidence(subject, verdict, signals.has("annotation_conflict")),
    signals: [...signals],
    rationale: rationale(subject, verdict, moves),
    evidence: distinct([
      ...verdict.claims.map(({ evidence }) => evidence),
      ...findings.map(({ evidence }) => evidence),
    ]),
  };
}

function collectFindings(
  definition: ToolDefinition,
  subject: Subject,
  verdict: Verdict,
  revealed: RevealedSignals,
): SignalFinding[] {
  const { category, certainChange } = verdict;
  const found = findSignals(subject, subject.scan, revealed).filter(({ signal }) => {
    // Reading keys does not create them, and creating them is not reading them out.
    if (signal === "exposes_secrets") return category === "read";
    if (signal === "bulk") return category !== "read";
    if (signal === "creates_credentials") return category !== "read" && category !== "destructive";
    if (signal === "irreversible") return category !== "read";
    return true;
  });
  if (category === "financial" && !found.some(({ signal }) => signal === "costs_money")) {
    const evidence = verdict.claims[0]?.evidence;
    if (evidence !== undefined) found.push({ signal: "costs_money", evidence });
  }
  if (subject.description === "") {
    const evidence = quote("description", "", "it has none beyond its name");
    found.push({ signal: "no_description", evidence });
  }
  if (subject.hints.readOnly === true && subject.hints.destructive === true) {
    const evidence = quote(
      "annotation",
      "readOnlyHint: true, destructiveHint: true",
      "contradict each other, so the worse one counts",
    );
    found.push({ signal: "annotation_conflict", evidence });
  } else if (subject.hints.readOnly === true && certainChange) {
    const evidence = quote(
      "annotation",
      "readOnlyHint: true",
      "contradicts what the definition says",
    );
    found.push({ signal: "annotation_conflict", evidence });
  } else if (subject.hints.destructive === false && category === "destructive") {
    const evidence = quote(
      "annotation",
      "destructiveHint: false",
      "contradicts what the definition says",
    );
    found.push({ signal: "annotation_conflict", evidence });
  }
  return [...found, ...findPoisoning(definition.name, subject.texts, subject.whole, subject.scan)];
}

function confidence(subject: Subject, verdict: Verdict, conflict: boolean): number {
  const strongest = verdict.claims[0];
  if (strongest === undefined) return 0.2;
  let value = 0.4 + 0.3 * strongest.weight;
  if (verdict.agreement === "both") value += 0.2;
  if (verdict.agreement === "differ") value -= 0.1;
  if (strongest.strength === "doubtful") value -= 0.1;
  if (subject.parameters.length > 0) value += 0.03;
  if (subject.hints.readOnly === true && verdict.category === "read") value += 0.05;
  if (conflict) value -= 0.15;
  if (subject.description === "") value = Math.min(value, 0.6) - 0.05;
  return Math.round(Math.min(0.98, Math.max(0.1, value)) * 100) / 100;
}

function rationale(subject: Subject, verdict: Verdict, moves: readonly string[]): string {
  const label = CATEGORY_TEXT[verdict.category].label;
  const ground =
    verdict.claims.find(({ category }) => category === verdict.category) ?? verdict.claims[0];
  const reason =
    ground === undefined
      ? `Neither name nor description say what it does, so it counts as ${label}`
      : `${label}, because ${groundText(ground.evidence)}`;
  const others = verdict.agreement === "both" ? ", and name and description agree" : "";
  const silence =
    subject.description === "" ? "; it has no description, so this rests on the name alone" : "";
  const outcome = moves.length > 0 ? moves.join(", then ") : startSentence(verdict.category);
  return `${reason}${others}${silence}; ${outcome}.`;
}

function groundText({ source, quote: words, meaning }: Evidence): string {
  switch (source) {
    case "name":
      return `“${words}” in its name ${meaning}`;
    case "description":
      return `its description (“${words.replace(/[.\s…]+$/, "")}”) ${meaning}`;
    case "parameter":
      return `its argument “${words}” ${meaning}`;
    case "annotation":
      return `its hint ${words} ${meaning}`;
  }
}

function quote(source: Evidence["source"], text: string, meaning: string): Evidence {
  return { source, quote: text, meaning };
}

function distinct(evidence: readonly Evidence[]): Evidence[] {
  return evidence.filter(
    (piece, at) => evidence.findIndex((other) => isSameEvidence(piece, other)) === at,
  );
}

function isSameEvidence(one: Evidence, other: Evidence): boolean {
  return one.quote === other.quote && one.source === other.source && one.meaning === other.meaning;
}
