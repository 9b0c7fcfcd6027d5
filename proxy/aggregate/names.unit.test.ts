import fc from "fast-check";
import { expect, test } from "vitest";
import { ownerOfName, ownerOfUri, promptNameOf, toolNameOf, uriOf } from "./names.ts";

const slug = fc.stringMatching(/^[a-z0-9](-?[a-z0-9]){1,19}$/);
const owned = fc.record({ serverSlug: slug, name: fc.string({ minLength: 1 }) });

test("a name leads back to the server and the tool it was made of, whatever they are called (ADV-057)", () => {
  fc.assert(
    fc.property(owned, (one) => {
      expect(ownerOfName(promptNameOf(one))).toEqual(one);
      expect(ownerOfUri(uriOf(one))).toEqual(one);
    }),
  );
});

test("a tool named like another server's tool stays its own server's (ADV-057)", () => {
  const shadow = toolNameOf({ serverSlug: "attacker", name: "files__get" }) ?? "";
  expect(shadow).toBe("attacker__files__get");
  expect(ownerOfName(shadow)).toEqual({ serverSlug: "attacker", name: "files__get" });
  expect(ownerOfName("files___get")).toEqual({ serverSlug: "files", name: "_get" });
});

test("a tool whose name no client would take gets none", () => {
  const named = (name: string) => toolNameOf({ serverSlug: "files", name });
  expect(named("a".repeat(121))).toHaveLength(128);
  expect(["a".repeat(122), "with space", "naïve"].map(named)).toEqual([null, null, null]);
});

test.each(["get", "__get", "files__", "", "mcp.+x", "mcp.files+", "file:///etc+x"])(
  "%j names no server",
  (shown) => {
    expect([ownerOfName(shown), ownerOfUri(shown)]).toEqual([null, null]);
  },
);
