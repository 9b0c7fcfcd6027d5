"use server";

import { z } from "zod";
import * as limits from "#lib/limits/limits.ts";
import { ListLimitUsage, ResetLimit } from "#lib/limits/schema.ts";
import * as cases from "#lib/rules/cases.ts";
import * as commands from "#lib/rules/commands.ts";
import * as replay from "#lib/rules/replay.ts";
import * as rules from "#lib/rules/rules.ts";
import {
  ApplyPolicy,
  DiffPolicyVersions,
  RestorePolicyVersion,
  SetCommandRules,
  SetPolicyMode,
  TestPolicy,
  TryPolicy,
} from "#lib/rules/schema.ts";
import * as trial from "#lib/rules/try.ts";
import * as versions from "#lib/rules/versions.ts";
import { orgAction, orgQuery } from "#lib/web/action.ts";

// The verbs read the span themselves; reading it twice would read a number as a text.
const ObservedInput = z.strictObject({ server: z.string(), from: z.string() });
const ReplayInput = ObservedInput.extend({ text: z.string() });

export const applyPolicy = orgAction("rules.write", ApplyPolicy, rules.applyPolicy);
export const setPolicyMode = orgAction("rules.write", SetPolicyMode, rules.setPolicyMode);
export const restorePolicyVersion = orgAction(
  "rules.write",
  RestorePolicyVersion,
  versions.restorePolicyVersion,
);
export const diffPolicyVersions = orgQuery(
  "servers.read",
  DiffPolicyVersions,
  versions.diffPolicyVersions,
);
export const tryPolicy = orgQuery("servers.read", TryPolicy, trial.tryPolicy);
export const testPolicy = orgQuery("servers.read", TestPolicy, cases.testPolicy);
export const replayPolicy = orgQuery("calls.read", ReplayInput, replay.replayPolicy);
export const observeSummary = orgQuery("calls.read", ObservedInput, replay.observeSummary);
export const setCommandRules = orgAction("rules.write", SetCommandRules, commands.setCommandRules);
export const readLimitUsage = orgQuery("servers.read", ListLimitUsage, limits.listLimitUsage);
export const resetLimit = orgQuery("rules.write", ResetLimit, limits.resetLimit);
