"use server";

import * as agents from "#lib/agents/agents.ts";
import { AgentRef, CreateAgent, GrantServers, RotateAgent } from "#lib/agents/schema.ts";
import { orgAction } from "#lib/web/action.ts";

export const createAgent = orgAction("agents.write", CreateAgent, agents.createAgent);
export const rotateAgent = orgAction("agents.write", RotateAgent, agents.rotateAgent);
export const revokeAgent = orgAction("agents.write", AgentRef, agents.revokeAgent);
export const grantServers = orgAction("agents.write", GrantServers, agents.grantServers);
