import { findHiddenText, quoteAround, withoutInvisible } from "./hidden-text.ts";
import { ORDERS, type Order } from "./lexicon/orders.ts";
import { ruleGuard, type TextScan } from "./text-scan.ts";
import type { Evidence, SignalFinding } from "./types.ts";

export interface DefinitionText {
  source: Evidence["source"];
  text: string;
}

const OVERSIZED_CHARACTERS = 10_000;
/** Of each text; a longer one is reported as oversized anyway. */
const MAX_READ = 100_000;

const possibleOrders = ruleGuard(
  ORDERS.map(({ needs, also }) => (also === undefined ? [needs] : [needs, also])),
);
const NO_ORDERS: readonly Order[] = [];

/**
 * Looks for tool poisoning in the texts of a definition: orders to the model, hidden characters,
 * texts too long to be read, names that imitate others. At most one finding of each kind.
 * A pattern match is a reason to look, not proof of intent. `whole` is the texts, a line each; they are taken
 * apart only where something is in them.
 */
export function findPoisoning(
  name: string,
  texts: () => readonly DefinitionText[],
  whole: string,
  scan: TextScan,
): SignalFinding[] {
  const findings: SignalFinding[] = [];
  if (!/^[A-Za-z0-9_.-]{1,128}$/.test(name)) {
    findings.push({
      signal: "unsafe_name",
      evidence: {
        source: "name",
        quote: quoteAround(name, 0),
        meaning: "uses characters or a length the protocol does not allow in names",
      },
    });
  }
  const possible = possibleOrders(scan.words.keys());
  // One search of everything spares most definitions a search of each of their texts.
  const stands = ({ mark = "", pattern }: Order) =>
    scan.hides || (whole.includes(mark) && pattern.test(whole));
  const orders =
    possible === 0
      ? NO_ORDERS
      : ORDERS.filter((order, index) => (possible & (1 << index)) !== 0 && stands(order));
  if (orders.length === 0 && !scan.hides && whole.length <= OVERSIZED_CHARACTERS) return findings;
  for (const { source, text } of texts()) {
    const oversized = text.length > OVERSIZED_CHARACTERS;
    if (orders.length === 0 && !scan.hides && !oversized) continue;
    const part = { source, text: text.slice(0, MAX_READ) };
    const found = [
      orders.length > 0 ? findOrder(part, orders, scan) : undefined,
      scan.hides ? findHidden(part) : undefined,
      oversized ? oversize(source, text) : undefined,
    ];
    for (const finding of found) {
      if (finding && !findings.some(({ signal }) => signal === finding.signal))
        findings.push(finding);
    }
  }
  return findings;
}

function findOrder(
  { source, text }: DefinitionText,
  orders: readonly Order[],
  { hides }: TextScan,
): SignalFinding | undefined {
  // Without them, so that they cannot split the words looked for.
  const readable = hides ? withoutInvisible(text) : text;
  for (const { pattern } of orders) {
    const match = pattern.exec(readable);
    if (match === null) continue;
    return {
      signal: "instruction_override",
      evidence: {
        source,
        quote: quoteAround(readable, match.index),
        meaning: "gives orders to the model instead of describing the tool",
      },
    };
  }
  return undefined;
}

function findHidden({ source, text }: DefinitionText): SignalFinding | undefined {
  const hidden = findHiddenText(text);
  return hidden && { signal: "hidden_text", evidence: { source, ...hidden } };
}

function oversize(source: Evidence["source"], text: string): SignalFinding {
  return {
    signal: "oversized_text",
    evidence: {
      source,
      quote: quoteAround(text, 0),
      meaning: `is ${text.length} characters long`,
    },
  };
}
