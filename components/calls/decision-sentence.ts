import type { CallDetail } from "#lib/calls/calls.ts";
import { durationText } from "./duration-text.ts";

/** What was decided about a call and what came of it, in one sentence each. */
export function decisionSentences(call: CallDetail): { decision: string; outcome: string } {
  return { decision: decisionSentence(call), outcome: outcomeSentence(call) };
}

function decisionSentence(call: CallDetail): string {
  const { agent, tool, server, decision, observed } = call;
  const subject = `${agent} ${deed[call.method]} ${tool} on ${server}`;
  if (observed && decision !== "allowed") {
    return `${subject}; the policy only observes, or it would have been ${would[decision]}`;
  }
  return `${subject} and ${was[decision]}`;
}

const deed: Record<CallDetail["method"], string> = {
  "tools/call": "called",
  "prompts/get": "asked for the prompt",
  "resources/read": "asked for the resource",
};

const was: Record<CallDetail["decision"], string> = {
  allowed: "was allowed",
  limited: "was over its limit",
  approval: "was told to wait for approval",
  denied: "was denied",
  hidden: "was told that it does not exist",
};

const would: Record<CallDetail["decision"], string> = {
  allowed: "allowed",
  limited: "over its limit",
  approval: "held for approval",
  denied: "denied",
  hidden: "hidden",
};

function outcomeSentence(call: CallDetail): string {
  const { outcome, server, upstreamMs, retryAfterMs } = call;
  const after = upstreamMs === null ? "" : ` after ${durationText(upstreamMs)}`;
  switch (outcome) {
    case "ok":
      return `${server} answered${after}.`;
    case "tool_error":
      return `${server} answered with an error of the tool${after}.`;
    case "upstream_error":
      return `${server} failed${after}. The action may have been performed.`;
    case "cancelled":
      return `The agent cancelled it${after}.`;
    case "running":
      return `${server} has not answered yet.`;
    case "unknown":
      return "No answer was seen. The action may have been performed.";
    case null:
      return retryAfterMs === null
        ? "It was not sent to the server."
        : `It was not sent to the server. A retry could succeed after ${durationText(retryAfterMs)}.`;
  }
}
