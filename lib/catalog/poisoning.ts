import { findHiddenText, quoteAround, withoutInvisible } from "./hidden-text.ts";
import type { Evidence, SignalFinding } from "./types.ts";

export interface DefinitionText {
  source: Evidence["source"];
  text: string;
}

const OVERSIZED_CHARACTERS = 10_000;

/** Orders to the model, as they appear in published tool-poisoning cases. */
const ORDERS: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+|my\s+)*(?:previous|prior|earlier|above|preceding|other|system|existing)\s+(?:\w+\s+)?(?:instructions?|prompts?|rules?|messages?|guidelines?|context|directions?)/i,
  /\b(?:do\s+not|don['’]t|never|without)\s+(?:tell|telling|mention|mentioning|inform|informing|notify|notifying|reveal|alert|alerting)\w*\s+(?:\w+\s+){0,4}(?:the\s+)?(?:user|human|anyone|operator)/i,
  /<\/?\s*(?:important|system|secret|instructions?|admin|hidden)\s*>/i,
  /(?:^|[\n.!?])[ \t]{0,8}(?:system|assistant)[ \t]{0,4}:[ \t]{1,4}\w/i,
  /\[(?:system|inst|\/inst)\]|<\|(?:im_start|im_end|system)\|>/i,
  /\b(?:read|cat|open|include|send|pass|upload)\b[^\n]{0,60}(?:~\/\.(?:ssh|aws|cursor|config|netrc|npmrc)|\bid_(?:rsa|ed25519)\b|\/etc\/(?:passwd|shadow)|\bmcp\.json\b)/i,
  /\byou\s+(?:must|should|are\s+required\s+to)\s+(?:always\s+|first\s+|also\s+)*(?:send|forward|exfiltrate|bcc|upload|include)\b[^.]{0,80}\b(?:conversation|history|contents?|password|keys?|secrets?|e-?mail|address|to\s+https?:)/i,
  /\b(?:your|the)\s+system\s+prompt\b/i,
  /\binstead\s+of\s+(?:the\s+)?[\w-]+\s*,?\s+(?:always\s+)?(?:use|call)\s+this\s+tool\b|\balways\s+(?:use|call)\s+this\s+tool\s+(?:first|instead|before)\b/i,
];

/**
 * Looks for tool poisoning in the texts of a definition: orders to the model, hidden characters,
 * texts too long to be read, names that imitate others. At most one finding of each kind.
 * A pattern match is a reason to look, not proof of intent.
 */
export function findPoisoning(name: string, texts: readonly DefinitionText[]): SignalFinding[] {
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
  for (const part of texts) {
    for (const finding of [findOrder(part), findHidden(part), findOversize(part)]) {
      if (finding && !findings.some(({ signal }) => signal === finding.signal))
        findings.push(finding);
    }
  }
  return findings;
}

function findOrder({ source, text }: DefinitionText): SignalFinding | undefined {
  // Without them, so that they cannot split the words looked for.
  const readable = withoutInvisible(text.slice(0, 100_000));
  for (const order of ORDERS) {
    const match = order.exec(readable);
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
  const hidden = findHiddenText(text.slice(0, 100_000));
  return hidden && { signal: "hidden_text", evidence: { source, ...hidden } };
}

function findOversize({ source, text }: DefinitionText): SignalFinding | undefined {
  if (text.length <= OVERSIZED_CHARACTERS) return undefined;
  return {
    signal: "oversized_text",
    evidence: {
      source,
      quote: quoteAround(text, 0),
      meaning: `is ${text.length} characters long`,
    },
  };
}
