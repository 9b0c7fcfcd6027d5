import { expect, test } from "vitest";
import { inflect, splitWords } from "./words.ts";

test.each([
  ["create_api_key", "create api key"],
  ["get-pull-request", "get pull request"],
  ["getHTTPServerURL", "get http server url"],
  ["DeleteDBInstance", "delete db instance"],
  ["mcp__github__createIssue", "mcp github create issue"],
  ["files.list", "files list"],
  ["get_oauth2_provider", "get oauth2 provider"],
  ["S3ListBuckets", "s3 list buckets"],
  ["EXECUTE_SQL", "execute sql"],
  ["  odd//name!", "odd name"],
  ["löscheDatei", "lösche datei"],
  ["", ""],
])("%s is read as the words %s", (name, words) => {
  expect(splitWords(name).join(" ")).toBe(words);
});

test.each([
  ["delete", "deletes", "deleting", "deleted"],
  ["trim", "trims", "trimming", "trimmed"],
  ["modify", "modifies", "modifying", "modified"],
  ["push", "pushes", "pushing", "pushed"],
  ["destroy", "destroys", "destroying", "destroyed"],
])("the forms of %s are recognised", (verb, third, gerund, past) => {
  const forms = inflect(verb);
  expect(forms.third).toContain(third);
  expect(forms.gerund).toContain(gerund);
  expect(forms.past).toContain(past);
});
