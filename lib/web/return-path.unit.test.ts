import { expect, test } from "vitest";
import { returnPath, signInPath } from "./return-path.ts";

test("signing in leads back to the page that asked for it, filters included", () => {
  expect(returnPath("/orgs/acme/calls?decision=denied#top")).toBe(
    "/orgs/acme/calls?decision=denied#top",
  );
  expect(signInPath("/orgs/acme/approvals/1?a=b&c=d")).toBe(
    "/signin?next=%2Forgs%2Facme%2Fapprovals%2F1%3Fa%3Db%26c%3Dd",
  );
});

test("signing in never leads to another site", () => {
  const elsewhere = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example",
    "/orgs\\..\\..\\evil",
    "/.//evil.example",
    "/orgs/..//evil.example",
    "javascript:alert(1)",
    " //evil.example",
    "orgs",
    "",
    undefined,
    ["/orgs/a"],
  ];
  for (const text of elsewhere) expect(returnPath(text)).toBe("/orgs");
});

test("signing in does not lead back to signing in", () => {
  expect(returnPath("/signin?next=/signin")).toBe("/orgs");
  expect(returnPath("/api/auth/signout")).toBe("/orgs");
});
