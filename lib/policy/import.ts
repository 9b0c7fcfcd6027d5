import { parseDocument } from "yaml";
import type { PolicyDocument, Rule } from "./document.ts";
import { detectDialect } from "./import-dialect.ts";
import { type NotCarried, type Translation, translateTool } from "./import-tool.ts";
import { type PolicyProblem, parsePolicy, parsePolicyValue } from "./parse.ts";
import { screenValue } from "./screen.ts";
import { toolKeyOf } from "./tool-key.ts";

export type { NotCarried } from "./import-tool.ts";

export type ImportedPolicy =
  | { ok: true; policy: PolicyDocument; notCarried: NotCarried[] }
  | { ok: false; errors: PolicyProblem[] };
