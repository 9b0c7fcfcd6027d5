/** Words before the verb that do not change it: “This tool can permanently delete …”. */
export const FILLERS =
  "this tool the a an use used to for it can will you your allows allow lets enables enable helps function that which " +
  "may api mcp we user users them agent bulk batch also and both endpoint method operation utility command";

/** “Supports adding, updating and deleting rules”: behind these, verbs ending in -ing are what the tool does. */
export const OFFERING_WORDS =
  "supports support supporting allows enables handles including operations";

/** Behind these a verb's object has ended: “creates a store in a subscription” subscribes to nothing. */
export const PREPOSITIONS = "in for of from to on with by using within at against through via";

/** Near a verb: it is not what the tool does. */
export const NEGATIONS =
  "not never without cannot can't won't doesn't don't no nor neither isn't prevent prevents blocked instead avoid unless";

/** “Run this before operations that …”: what follows happens elsewhere or only then. */
export const CONDITIONS = "before after when if unless";

/** Behind these stands another thing that the tool does. */
export const JOINERS = ", / and or then & also ( by";

/** “…, including: create index, drop index”: what follows lists things, not actions. */
export const LISTING_WORDS = ": include includes including suggestions such";

/** Before the object of a verb. */
export const DETERMINERS =
  "a an the all any its it this that these one some existing new your each every them multiple";

/** “Will delete”, “also deletes”: before what later sentences say that the tool does. */
export const ANNOUNCING_WORDS = "will can also it";

/** Behind these a negation no longer holds. */
export const BREAKS = ", ;";

/** Between the clauses of a name (“get_and_delete”), and what ends them: “set_if_not_exists” is a condition, no action. */
export const CLAUSE_JOINERS = "and or then";
export const CLAUSE_ENDS = "if unless";

/** “A tool to find …”, “for deleting …”, “that removes …”: in front of what a tool is there for, by the form of the verb. */
export const PURPOSE_WORDS = { base: "to", gerund: "for", third: "that which" };

/** Sections of doc strings and advice to the agent, which do not say what the tool does. */
export const SECTION =
  /^[^\w\n]{0,8}(?:args|arguments|parameters|params|returns?|raises|examples?|notes?|see also|usage|output|input)\b[^\n]{0,20}:/im;

/** “Adds two numbers”: arithmetic with its arguments, whatever the verb changes elsewhere. */
export const ARITHMETIC =
  /^(?:adds?|subtracts?|multipl(?:y|ies)) (?:two|three|the given)? ?(?:numbers|integers)/i;
