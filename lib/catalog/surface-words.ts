import { SURFACES } from "./lexicon/context.ts";
import { wordSet } from "./vocabulary.ts";

/** Without any of these a definition does not speak of a screen. */
export const SURFACE_WORDS: readonly string[] = SURFACES.flatMap(({ words }) => [
  ...wordSet(words),
]);
