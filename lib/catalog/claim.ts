import type { Category } from "#lib/policy/types.ts";
import type { Evidence } from "./types.ts";

/**
 * How much a claim can stand on its own. `light`: a verb such as run, whose object said nothing;
 * `doubtful`: perhaps no verb, a clearer word elsewhere overrules it; `firm`: a verb where a verb
 * belongs; `exact`: a sentence that settles what the tool's name leaves open.
 */
export type Strength = "light" | "doubtful" | "firm" | "exact";

/** What one piece of a definition says the tool does. */
export interface Claim {
  category: Category;
  /** 0 to 1; the lexicon's weight times how sure its position in the text is. */
  weight: number;
  strength: Strength;
  /** It only touches part of a container. */
  element: boolean;
  evidence: Evidence;
}
