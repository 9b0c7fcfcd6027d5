import { MONEY_OBJECTS } from "./lexicon.ts";
import { wordSet } from "./vocabulary.ts";

const certain = wordSet(MONEY_OBJECTS.certain);
const inContext = wordSet(MONEY_OBJECTS.inContext);
const context = new RegExp(`\\b(?:${MONEY_OBJECTS.context.replaceAll(" ", "|")})\\b`, "i");

/** The word among a verb's objects that makes its action a financial one. */
export function moneyObject(words: readonly string[], moneyContext: boolean): string | undefined {
  return words.find((word) => certain.has(word) || (moneyContext && inContext.has(word)));
}

/** Whether a text (an identifier's words, or a description) speaks of money at all. */
export function speaksOfMoney(text: string): boolean {
  return context.test(text);
}
