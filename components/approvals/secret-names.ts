import { splitWords } from "#lib/catalog/words.ts";

const secret =
  /\b(?:password|passwd|passphrase|secret|api ?key|access key|private key|credentials?|mnemonic|bearer|authorization|(?:auth|access|refresh|session|api|bearer) token|token|cookie)\b/;
/** Tokens that are counted or turned, not kept. */
const harmless = /\b(?:max|page|next|continuation|sync|count|limit|num|cursor)\b/;

/** Whether a value under this name is likely one that nobody should read over a shoulder. */
export function isSecretName(name: string): boolean {
  const words = splitWords(name).join(" ");
  return secret.test(words) && !harmless.test(words);
}
