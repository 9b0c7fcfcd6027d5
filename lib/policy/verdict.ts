/**
 * The answer to "does this condition hold?". Missing and wrongly typed arguments are indeterminate:
 * a restriction applies unless the verdict is `false`, a permission only when it is `true`.
 */
export type Verdict = boolean | "indeterminate";

/** Kleene's "or": one `true` is enough. Anything that is no verdict counts as indeterminate. */
export function either(left: Verdict, right: Verdict): Verdict {
  if (left === true || right === true) return true;
  return left === false && right === false ? false : "indeterminate";
}

/** Kleene's "and": one `false` is enough. Anything that is no verdict counts as indeterminate. */
export function both(left: Verdict, right: Verdict): Verdict {
  if (left === false || right === false) return false;
  return left === true && right === true ? true : "indeterminate";
}

/** Kleene's "not": what is unknown stays so. */
export function not(verdict: Verdict): Verdict {
  return typeof verdict === "boolean" ? !verdict : verdict;
}
