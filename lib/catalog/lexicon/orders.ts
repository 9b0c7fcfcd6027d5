/** A way to give the model orders instead of describing the tool. */
export interface Order {
  /** A text in which none of these words stands cannot match and is not searched; nor is one without any of `also`. */
  needs: readonly string[];
  also?: readonly string[];
  /** Nor is one without this character. */
  mark?: string;
  pattern: RegExp;
}

/** As they appear in published tool-poisoning cases. */
export const ORDERS: readonly Order[] = [
  {
    needs: ["ignore", "disregard", "forget", "override", "bypass"],
    also: [
      "previous",
      "prior",
      "earlier",
      "above",
      "preceding",
      "other",
      "system",
      "existing",
      "safety",
    ],
    pattern:
      /\b(?:ignore|disregard|forget|override|bypass)\s+(?:all\s+|any\s+|the\s+|your\s+|my\s+|of\s+)*(?:previous|prior|earlier|above|preceding|other|system|existing|safety)\s+(?:\w+\s+)?(?:instructions?|prompts?|rules?|messages?|guidelines?|context|directions?|checks?|polic(?:y|ies))/i,
  },
  {
    needs: [
      "tell",
      "telling",
      "mention",
      "mentioning",
      "inform",
      "informing",
      "notify",
      "notifying",
      "reveal",
      "revealing",
      "alert",
      "alerting",
    ],
    also: ["not", "don", "never", "without"],
    pattern:
      /\b(?:do\s+not|don['’]t|never|without)\s+(?:tell|telling|mention|mentioning|inform|informing|notify|notifying|reveal|alert|alerting)\w*\s+(?:\w+\s+){0,4}(?:the\s+)?(?:user|human|anyone|operator)/i,
  },
  {
    needs: ["important", "system", "secret", "instruction", "instructions", "admin", "hidden"],
    mark: "<",
    pattern:
      /(?<!--[\w-]{1,30}[ =])<\/?\s*(?:important|system|secret|instructions?|admin|hidden)\s*>/i,
  },
  {
    needs: ["system", "assistant"],
    mark: ":",
    pattern: /(?:^|[\n.!?])[ \t]{0,8}(?:system|assistant)[ \t]{0,4}:[ \t]{1,4}\w/i,
  },
  {
    needs: ["system", "inst", "im"],
    pattern: /\[(?:system|inst|\/inst)\]|<\|(?:im_start|im_end|system)\|>/i,
  },
  {
    needs: [
      "ssh",
      "aws",
      "cursor",
      "config",
      "netrc",
      "npmrc",
      "rsa",
      "ed25519",
      "passwd",
      "shadow",
      "mcp",
    ],
    also: ["read", "cat", "open", "include", "send", "pass", "upload"],
    pattern:
      /\b(?:read|cat|open|include|send|pass|upload)\b[^\n]{0,60}(?:~\/\.(?:ssh|aws|cursor|config|netrc|npmrc)(?!\S*\.pub)|\bid_(?:rsa|ed25519)\b(?!\.pub)|\/etc\/(?:passwd|shadow)|\bmcp\.json\b)/i,
  },
  {
    needs: ["send", "forward", "exfiltrate", "bcc", "upload", "include"],
    also: ["must", "should", "required"],
    pattern:
      /\byou\s+(?:must|should|are\s+required\s+to)\s+(?:always\s+|first\s+|also\s+)*(?:send|forward|exfiltrate|bcc|upload|include)\b[^.]{0,80}\b(?:conversation|history|contents?|password|keys?|secrets?|e-?mail|address|to\s+https?:)/i,
  },
  { needs: ["prompt"], also: ["system"], pattern: /\b(?:your|the)\s+system\s+prompt\b/i },
  {
    needs: ["instead", "always"],
    also: ["tool"],
    pattern:
      /\binstead\s+of\s+(?:the\s+)?[\w-]+\s*,?\s+(?:always\s+)?(?:use|call)\s+this\s+tool\b|\balways\s+(?:use|call)\s+this\s+tool\s+(?:first|instead|before)\b/i,
  },
];

/** The words without which there is no order to the model. */
export const ORDER_WORDS: readonly string[] = ORDERS.flatMap(({ needs, also = [] }) => [
  ...needs,
  ...also,
]);
