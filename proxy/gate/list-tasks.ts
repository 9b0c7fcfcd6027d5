import type { Exchange } from "#proxy/exchange.ts";
import type { JsonRpcRequest } from "#proxy/json/json-rpc.ts";
import type { JsonObject } from "#proxy/json/parse-json.ts";
import { idPrefix, stateOf } from "./task-answers.ts";
import { isHidden, ownTaskId } from "./tasks.ts";

/** Tasks of ours in one answer. */
const pageSize = 50;

/** A page of `tasks/list` as far as it is ours. */
export interface OwnTaskPage {
  /** Of this agent, oldest first. */
  tasks: JsonObject[];
  /** The page after this one, which is ours as well; null: the server's first page follows. */
  nextCursor: string | null;
}

/**
 * The agent's tasks that the server knows nothing of: they come before the server's in `tasks/list`, so
 * that its cursors stay its own. A cursor of ours is the id of the last task that was told of.
 *
 * @returns null where the cursor is the server's
 */
export async function ownTaskPage(
  exchange: Exchange,
  { params }: JsonRpcRequest,
): Promise<OwnTaskPage | null> {
  const cursor = params?.cursor ?? null;
  const after = typeof cursor === "string" ? ownTaskId(cursor) : null;
  if (cursor !== null && after === null) return null;
  const { state, access, gate } = exchange;
  const found = await state.ports.approvalTasks.list(access, after, pageSize + 1);
  const page = found.slice(0, pageSize);
  const last = found.length > pageSize ? page.at(-1) : undefined;
  return {
    tasks: page.filter(({ tool }) => !isHidden(gate, tool)).map((task) => stateOf(exchange, task)),
    nextCursor: last === undefined ? null : idPrefix + last.id,
  };
}

/** The request for the server's first page, which ours have come before. */
export function firstPageOf(request: JsonRpcRequest): JsonRpcRequest {
  if (request.params?.cursor === undefined) return request;
  const { cursor: _, ...params } = request.params;
  return { ...request, params };
}

/** The ids that the agent has for tasks of the server's that it opened as tasks of ours. */
export async function shownTaskIds(
  { state, access }: Exchange,
  upstreamTaskIds: readonly string[],
): Promise<Map<string, string>> {
  if (upstreamTaskIds.length === 0) return new Map();
  const started = await state.ports.approvalTasks.started(access, upstreamTaskIds);
  return new Map(started.map(({ id, upstreamTaskId }) => [upstreamTaskId, idPrefix + id]));
}
