import type { Category } from "#lib/policy/types.ts";
import type { Claim } from "./claim.ts";
import { type DescriptionReading, readDescription } from "./description-claims.ts";
import { SQL_READERS, SQL_RUNNERS } from "./lexicon/context.ts";
import { OFFERING_WORDS } from "./lexicon/grammar.ts";
import { nameClaim, type TrustedNouns } from "./name-claims.ts";
import { parameterClaim } from "./parameter-claims.ts";
import type { RevealedSignals } from "./signals.ts";
import type { Subject } from "./subject.ts";
import { surfaceClaim } from "./surface.ts";
import { severity, wordSet } from "./vocabulary.ts";

const OFFERING = [...wordSet(OFFERING_WORDS)];
const sqlRunners = wordSet(SQL_RUNNERS);
const sqlReaders = wordSet(SQL_READERS);

/** What a tool is taken to be. */
export interface Verdict {
  category: Category;
  /** What it rests on, most telling first; empty when nothing could be read. */
  claims: Claim[];
  element: boolean;
  /** A certain verb says that it changes something. */
  certainChange: boolean;
  agreement: "both" | "one" | "differ" | "none";
}

/** The worst believable claim of name, description and parameters. */
export function decide(subject: Subject, revealed: RevealedSignals): Verdict {
  const surface = surfaceClaim(subject);
  if (surface !== undefined) {
    return {
      category: surface.category,
      claims: [surface],
      element: false,
      certainChange: true,
      agreement: "one",
    };
  }
  const reading = readDescription(
    subject.description,
    subject.moneyContext,
    subject.mentions(OFFERING),
  );
  const nouns = trustedNouns(subject, reading);
  const alone = reading.head === undefined && reading.further.length === 0;
  const named = believableName(
    nameClaim(subject.nameWords, subject.moneyContext, { nouns, alone }),
    reading,
  );
  const described = believableDescription(named, reading);
  // “list_todos” by action: on a tool that reads, an optional argument of that name is a filter.
  const selecting =
    named?.category === "read"
      ? subject.topLevel.filter(({ required }) => required)
      : subject.parameters;
  const selected = parameterClaim(selecting, {
    nameWords: subject.nameWords,
    description: subject.description,
    reads: named?.category === "read" && reading.head?.category === "read",
  });
  // “Manage comments” by an action that only creates and replies: the operations say what managing is.
  const claims = [named, ...described, selected]
    .filter((claim) => claim !== undefined)
    .filter(({ strength }) => selected === undefined || strength !== "light");
  const worst = claims.reduce<Claim | undefined>(
    (found, claim) => (found === undefined || isWorse(claim, found) ? claim : found),
    undefined,
  );
  if (worst === undefined) {
    return {
      category: "execute",
      claims: [],
      element: false,
      certainChange: false,
      agreement: "none",
    };
  }
  // "Run a read-only query": its own words narrow what a general verb would allow.
  const promised = subject.readOnlyWords && worst.strength === "light" ? "read" : worst.category;
  const open = promised === "read" ? openSqlClaim(subject, revealed) : undefined;
  if (open !== undefined) claims.unshift(open);
  const category = open?.category ?? promised;
  const supporting = claims.filter((claim) => claim.category === category);
  return {
    category,
    claims: [...new Set([open ?? worst, worst, ...claims])],
    element: supporting.length > 0 && supporting.some(({ element }) => element),
    certainChange: severity(category) > 0 && worst.strength === "firm" && worst.weight >= 0.75,
    agreement: agreement(named, described, category),
  };
}

/**
 * “Run a query” with SQL of the caller's choice can do whatever SQL can, unless its own words promise that it
 * only reads. Looking at SQL (“explain”) and optional filters stay what they are.
 */
function openSqlClaim(subject: Subject, revealed: RevealedSignals): Claim | undefined {
  if (subject.readOnlyWords) return undefined;
  const sql = subject.topLevel.find(
    (parameter) =>
      parameter.required && revealed(parameter).some(({ signal }) => signal === "accepts_sql"),
  );
  if (sql === undefined) return undefined;
  const said =
    subject.description
      .slice(0, 60)
      .toLowerCase()
      .match(/[a-z]+/g) ?? [];
  const words = [...subject.nameWords, ...said.slice(0, 3)];
  if (words.some((word) => sqlReaders.has(word)) || !words.some((word) => sqlRunners.has(word))) {
    return undefined;
  }
  const evidence = {
    source: "parameter",
    quote: sql.name,
    meaning: "is SQL that may do anything",
  } as const;
  return { category: "execute", weight: 0.8, strength: "firm", element: false, evidence };
}

function trustedNouns(
  { nameWords, description }: Subject,
  reading: DescriptionReading,
): TrustedNouns {
  if (description === "") return "results";
  return reading.unknownVerb !== undefined && reading.unknownVerb === nameWords[0] ? "none" : "all";
}

/** A name's uncertain verb ("set_members") gives way to a description with a clear one. */
function believableName(named: Claim | undefined, reading: DescriptionReading): Claim | undefined {
  const { head } = reading;
  if (named === undefined || head === undefined || head.strength === "light") return named;
  if (head.strength === "exact") return undefined;
  if (
    named.strength === "doubtful" &&
    head.strength === "firm" &&
    named.category !== head.category
  ) {
    return undefined;
  }
  // "run_report": the description says what is run.
  if (named.strength === "light" && severity(head.category) !== severity("execute"))
    return undefined;
  return named;
}

function believableDescription(
  named: Claim | undefined,
  { head, further }: DescriptionReading,
): Claim[] {
  const certain = further.filter(({ weight }) => weight >= 0.75);
  if (head === undefined) return certain;
  if (named === undefined || named.category === head.category) return [head, ...certain];
  if (head.strength === "light" && named.strength !== "light") return certain;
  const doubtful = head.strength === "doubtful" || head.weight < 0.6;
  if (doubtful && named.strength === "firm" && severity(head.category) > severity(named.category)) {
    return certain;
  }
  return [head, ...certain];
}

function isWorse(claim: Claim, than: Claim): boolean {
  const difference = severity(claim.category) - severity(than.category);
  return difference > 0 || (difference === 0 && claim.weight > than.weight);
}

function agreement(
  named: Claim | undefined,
  described: readonly Claim[],
  category: Category,
): Verdict["agreement"] {
  const head = described[0];
  if (named === undefined || head === undefined) return "one";
  return named.category === category && head.category === category ? "both" : "differ";
}
