import { expect, test } from "vitest";
import { classifyTool } from "./classify.ts";
import { definition } from "./testing.ts";

/** Name, what it does, parameters, category and class. The first twelve are the current server, the rest its predecessor. */
const VALKEY: readonly [string, string, string, string][] = [
  ["json_get", "Reads the JSON value at a path of a key.", "key* path", "read low"],
  [
    "json_set",
    "Stores a JSON value at a path, replacing what was there.",
    "key* value* path ttl",
    "write medium",
  ],
  [
    "json_arrappend",
    "Adds values at the end of a JSON array.",
    "key* values*[] path",
    "write medium",
  ],
  [
    "json_arrpop",
    "Takes one element out of a JSON array and returns it.",
    "key* path index",
    "destructive high",
  ],
  [
    "json_arrtrim",
    "Cuts a JSON array to a range of indexes, discarding the others.",
    "key* start* stop*",
    "destructive high",
  ],
  [
    "add_documents",
    "Writes documents as hashes and creates the index where it is missing.",
    "index_name* documents*[]",
    "write medium",
  ],
  [
    "aggregate",
    "Runs a grouping and sorting pipeline over an index.",
    "index_name* query pipeline[]",
    "read low",
  ],
  [
    "manage_index",
    "Create, drop, inspect or list search indexes, as the action says.",
    "action* index_name",
    "destructive critical",
  ],
  [
    "search",
    "Queries an index by text or by vector similarity.",
    "index_name* query_text limit",
    "read low",
  ],
  [
    "valkey_admin",
    "Runs one of the dangerous commands, such as FLUSHALL or EVAL; must be confirmed.",
    "command* args[] confirm",
    "destructive critical",
  ],
  ["valkey_read", "Runs a read-only command given by name.", "command* args[]", "read medium"],
  [
    "valkey_write",
    "Runs a mutating command given by name, deletion of keys included.",
    "command* args[]",
    "destructive critical",
  ],
  ["bitmap_set", "Sets one bit of a string.", "key* offset* value*", "write medium"],
  ["bitmap_pos", "Locates the first bit that is 0 or 1.", "key* bit*", "read low"],
  [
    "hash_set_if_not_exists",
    "Writes a field only where it is absent.",
    "key* field* value*",
    "write medium",
  ],
  ["hash_random_field", "Returns random field names.", "key* count", "read low"],
  ["hash_strlen", "Length of the value in a field.", "key* field*", "read low"],
  ["json_arrindex", "Finds where a value is in a JSON array.", "key* path* value*", "read low"],
  ["json_clear", "Empties a JSON array or object.", "key* path*", "destructive critical"],
  ["json_del", "Deletes the value at a path of a JSON document.", "key* path*", "destructive high"],
  ["json_numincrby", "Adds to a JSON number.", "key* path* value*", "write medium"],
  ["json_toggle", "Flips a JSON boolean.", "key* path*", "write medium"],
  ["json_type", "Reports the JSON type at a path.", "key* path*", "read low"],
  ["list_append", "Pushes a value on the right of a list.", "key* value*", "write medium"],
  ["list_get", "Reads an element of a list.", "key* index*", "read low"],
  ["list_set", "Overwrites an element of a list.", "key* index* value*", "write medium"],
  [
    "list_move",
    "Moves an element from one list to another.",
    "source* destination*",
    "write medium",
  ],
  [
    "list_pop_left",
    "Removes elements on the left of a list and returns them.",
    "key* count",
    "destructive high",
  ],
  ["list_position", "Finds where a value is in a list.", "key* value*", "read low"],
  ["list_range", "Reads a range of a list.", "key* start* stop*", "read low"],
  [
    "list_remove",
    "Removes occurrences of a value from a list, by default all of them.",
    "key* value*",
    "destructive high",
  ],
  [
    "list_trim",
    "Keeps only a range of a list, discarding the rest.",
    "key* start* stop*",
    "destructive high",
  ],
  ["delete", "Deletes a key.", "key*", "destructive critical"],
  ["type", "Reports the type of a key and its time to live.", "key*", "read low"],
  ["expire", "Sets the time to live of a key.", "name* expire_seconds*", "write medium"],
  [
    "rename",
    "Renames a key, overwriting the target where it exists.",
    "old_key* new_key*",
    "write medium",
  ],
  ["dbsize", "Counts the keys of the database.", "", "read low"],
  ["info", "Reads statistics of the server.", "section", "read low"],
  ["client_list", "Lists the clients that are connected.", "", "read low"],
  ["set_members", "Reads every member of a set.", "key*", "read low"],
  ["set_random_member", "Reads random members without removing them.", "key* count", "read low"],
  [
    "set_pop",
    "Removes random members of a set and returns them.",
    "key* count",
    "destructive high",
  ],
  ["set_remove", "Removes a member from a set.", "key* member*", "destructive high"],
  ["sorted_set_add_incr", "Adds to the score of a member.", "key* member* score*", "write medium"],
  [
    "sorted_set_range_by_score",
    "Reads a range of a sorted set by score.",
    "key* min_score* max_score*",
    "read low",
  ],
  ["sorted_set_rank", "Reads the rank of a member.", "key* member*", "read low"],
  [
    "sorted_set_popmin",
    "Removes the members with the lowest scores and returns them.",
    "key* count",
    "destructive high",
  ],
  [
    "stream_add",
    "Appends an entry to a stream, optionally trimming the stream.",
    "key* field_dict*",
    "write medium",
  ],
  [
    "stream_group_destroy",
    "Destroys a consumer group with what it had pending.",
    "key* group_name*",
    "destructive critical",
  ],
  [
    "stream_group_set_id",
    "Moves the position of a consumer group.",
    "key* group_name* id*",
    "write medium",
  ],
  ["stream_info_groups", "Reads metadata of the consumer groups.", "key*", "read low"],
  ["stream_read", "Reads entries after an id.", "key* count last_id", "read low"],
  [
    "stream_read_group",
    "Reads as a consumer of a group, advancing the state of the group.",
    "key* group_name*",
    "write medium",
  ],
  ["string_get_range", "Reads part of a string.", "key* start* end*", "read low"],
  [
    "string_get_set",
    "Replaces the value of a string and returns the old one.",
    "key* value*",
    "write medium",
  ],
  ["string_set_range", "Overwrites part of a string.", "key* offset* value*", "write medium"],
  ["string_length", "Length of a string.", "key*", "read low"],
];

test.each(VALKEY)(
  "Valkey's %s is classified by what it does: %s",
  (name, description, parameters, expected) => {
    const { category, riskClass } = classifyTool(definition(name, description, parameters), {
      trustedAnnotations: false,
    });
    expect(`${category} ${riskClass}`).toBe(expected);
  },
);

test.each([
  ["getdel", "destructive"],
  ["string_get_set", "write"],
  ["json_arrindex", "read"],
  ["json_arrpop", "destructive"],
  ["stream_read_group", "write"],
  ["get_and_delete", "destructive"],
  ["getOrCreateUser", "write"],
  ["list_trim", "destructive"],
  ["payload_get", "read"],
  ["get_release", "read"],
])("the name %s alone is not mistaken", (name, expected) => {
  const result = classifyTool({ name }, { trustedAnnotations: false });
  expect(result.category).toBe(expected);
  expect(result.signals).toContain("no_description");
  expect(result.confidence).toBeLessThan(0.6);
});

test("commands a description excludes are not held against the tool", () => {
  const tool = definition(
    "valkey_write",
    "Run a write command. Destructive commands are blocked.",
    "command*",
  );
  const { category, riskClass, signals } = classifyTool(tool, { trustedAnnotations: false });
  expect([category, riskClass, signals]).toEqual(["write", "high", ["selects_operation"]]);
});
