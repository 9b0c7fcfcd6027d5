import type { Category, RiskClass } from "../types.ts";

/** One operation of a multi-purpose tool: `CONFIG SET`. */
export interface SplitCommand {
  command: string;
  category: Category;
  riskClass: RiskClass;
}

/** Which arguments of a multi-purpose tool name its operation, and the operations it has. */
export interface Split {
  /** The argument whose first words are the operation, in any case. */
  path: string;
  /** The list of texts that continues it, if there is one. */
  joinedWith: string | null;
  /** By name. */
  commands: readonly SplitCommand[];
}
