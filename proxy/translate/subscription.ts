import type { JsonRpcNotification, JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { metaKeys, objectOf } from "#proxy/receive/era.ts";
import { EventQueue } from "#proxy/upstream/event-queue.ts";
import type { UpstreamContext, UpstreamReply } from "#proxy/upstream/types.ts";
import type { LegacySession } from "./held-sessions.ts";
import { eventOf } from "./messages.ts";
import type { FeedListener } from "./news-feed.ts";

/** Kinds of news, the capability that brings them, and their notification. */
const kinds = [
  ["toolsListChanged", "tools", "notifications/tools/list_changed"],
  ["promptsListChanged", "prompts", "notifications/prompts/list_changed"],
  ["resourcesListChanged", "resources", "notifications/resources/list_changed"],
] as const;

/**
 * `subscriptions/listen` at a legacy server: its stream of notifications, and `resources/subscribe`
 * for each URI. Acknowledged is what the server declares; nothing of that ends the subscription.
 */
export async function subscribe(
  session: LegacySession,
  request: JsonRpcRequest,
  { signal }: UpstreamContext,
): Promise<UpstreamReply> {
  const queue = new EventQueue();
  const honored = honoredOf(session, objectOf(request.params?.notifications) ?? {});
  const uris = Array.isArray(honored.resourceSubscriptions)
    ? honored.resourceSubscriptions.filter((uri) => typeof uri === "string")
    : [];
  const end = () => {
    const result = { resultType: "complete", _meta: { [metaKeys.subscriptionId]: request.id } };
    queue.push(eventOf({ jsonrpc: "2.0", id: request.id, result }));
    queue.end();
  };
  const listener: FeedListener = {
    notice(notification) {
      if (isHonored(honored, uris, notification))
        queue.push(eventOf(stamped(notification, request)));
    },
    ended: end,
  };
  const acknowledged = (notifications: JsonObject): void => {
    const method = "notifications/subscriptions/acknowledged";
    queue.push(eventOf(stamped({ jsonrpc: "2.0", method, params: { notifications } }, request)));
  };
  const opened = Object.keys(honored).length > 0 && (await session.feed.add(listener));
  acknowledged(opened ? honored : {});
  if (!opened) {
    end();
    return { kind: "stream", events: queue, sessionId: null };
  }
  signal?.addEventListener(
    "abort",
    () => {
      session.feed.remove(listener);
      for (const uri of uris) void session.request("resources/unsubscribe", { uri });
      queue.end();
    },
    { once: true },
  );
  for (const uri of uris) void session.request("resources/subscribe", { uri });
  return { kind: "stream", events: queue, sessionId: null };
}

function honoredOf({ capabilities }: LegacySession, wanted: JsonObject): JsonObject {
  const honored: JsonObject = {};
  for (const [kind, capability] of kinds) {
    const declared = objectOf(capabilities[capability]);
    if (wanted[kind] === true && declared?.listChanged === true) honored[kind] = true;
  }
  const uris = wanted.resourceSubscriptions;
  const declared = objectOf(capabilities.resources)?.subscribe === true;
  if (declared && Array.isArray(uris) && uris.length > 0) honored.resourceSubscriptions = uris;
  return honored;
}

function isHonored(
  honored: JsonObject,
  uris: readonly string[],
  { method, params }: JsonRpcNotification,
): boolean {
  if (method === "notifications/resources/updated") {
    return typeof params?.uri === "string" && uris.includes(params.uri);
  }
  return kinds.some(([kind, , notification]) => notification === method && honored[kind] === true);
}

function stamped(notification: JsonRpcNotification, { id }: JsonRpcRequest): JsonRpcNotification {
  const { params } = notification;
  const _meta = { ...objectOf(params?._meta), [metaKeys.subscriptionId]: id };
  return { ...notification, params: { ...params, _meta } };
}
