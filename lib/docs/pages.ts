import { contactDocument } from "./contact.ts";
import type { DocumentDetail } from "./document.ts";
import { landing } from "./landing.ts";
import { operations } from "./operations.ts";
import { policyReference } from "./policy-reference.ts";
import { quickStart } from "./quick-start.ts";
import { refusalReference } from "./refusal-reference.ts";

export interface SitePage {
  path: string;
  label: string;
  read: () => DocumentDetail | Promise<DocumentDetail>;
}

/** The documentation, in reading order. */
export const docPages: readonly SitePage[] = [
  { path: "/docs", label: "Quick start", read: quickStart },
  { path: "/docs/policy", label: "Policy reference", read: policyReference },
  { path: "/docs/refusals", label: "Refusals", read: refusalReference },
  { path: "/docs/operations", label: "Operations", read: operations },
];

/** Every public page of words, beside those of the catalogue. */
export const sitePages: readonly SitePage[] = [
  { path: "/", label: "Callgate", read: landing },
  ...docPages,
  { path: "/contact", label: "Contact", read: contactDocument },
];
