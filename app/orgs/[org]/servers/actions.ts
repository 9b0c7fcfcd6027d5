"use server";

import * as calls from "#lib/calls/calls.ts";
import { ListCalls } from "#lib/calls/schema.ts";
import * as jobs from "#lib/jobs/jobs.ts";
import { RequestConnectionTest } from "#lib/jobs/schema.ts";
import * as proposals from "#lib/proposals/proposals.ts";
import { AcceptProposal } from "#lib/proposals/schema.ts";
import * as rules from "#lib/rules/rules.ts";
import { SetToolRules } from "#lib/rules/schema.ts";
import { RegisterServer, RemoveServer, ServerInput, UpdateServer } from "#lib/servers/schema.ts";
import * as servers from "#lib/servers/servers.ts";
import { AcceptTools, OverrideTool, SetServerReview, ToolInput } from "#lib/tools/schema.ts";
import * as tools from "#lib/tools/tools.ts";
import { orgAction, orgQuery } from "#lib/web/action.ts";

export const requestConnectionTest = orgQuery(
  "servers.discover",
  RequestConnectionTest,
  jobs.requestConnectionTest,
);
export const registerServer = orgAction("servers.write", RegisterServer, servers.registerServer);
export const requestDiscovery = orgQuery("servers.discover", ServerInput, jobs.requestDiscovery);
export const updateServer = orgAction("servers.write", UpdateServer, servers.updateServer);
// Without reading pages again: whoever removes a server still stands on one of its pages.
export const removeServer = orgQuery("servers.write", RemoveServer, servers.removeServer);
export const setToolRules = orgAction("rules.write", SetToolRules, rules.setToolRules);
export const acceptTools = orgAction("rules.write", AcceptTools, tools.acceptTools);
export const overrideTool = orgAction("rules.write", OverrideTool, tools.overrideTool);
export const clearOverride = orgAction("rules.write", ToolInput, tools.clearOverride);
export const setServerReview = orgAction("rules.write", SetServerReview, tools.setServerReview);
export const acceptProposal = orgAction("rules.write", AcceptProposal, proposals.acceptProposal);
export const readDefinitions = orgQuery("servers.read", ToolInput, tools.listDefinitions);
export const readTool = orgQuery("servers.read", ToolInput, tools.getTool);
export const readCalls = orgQuery("calls.read", ListCalls, calls.listCalls);
