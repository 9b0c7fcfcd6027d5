import { MONEY_OBJECTS } from "./lexicon/context.ts";
import { wordSet } from "./vocabulary.ts";

/** Whether the rest of the definition speaks of money; asked only where a word leaves it open. */
export type MoneyContext = () => boolean;

const certain = wordSet(MONEY_OBJECTS.certain);
const inContext = wordSet(MONEY_OBJECTS.inContext);
const assets = wordSet(MONEY_OBJECTS.assets);
const assetVerbs = wordSet(MONEY_OBJECTS.assetVerbs);
const context = new RegExp(`\\b(?:${MONEY_OBJECTS.context.replaceAll(" ", "|")})\\b`, "i");

/**
 * The word that makes an action a financial one: `words` are the verb and what follows it. Assets
 * such as tokens count only with a verb that moves them: “set token vault” does not.
 */
export function moneyObject(
  words: readonly string[],
  moneyContext: MoneyContext,
): string | undefined {
  const moves = assetVerbs.has(words[0] ?? "");
  return words.find(
    (word) =>
      certain.has(word) || ((inContext.has(word) || (moves && assets.has(word))) && moneyContext()),
  );
}

/** Whether a text (an identifier's words, or a description) speaks of money at all. */
export function speaksOfMoney(text: string): boolean {
  return context.test(text);
}
