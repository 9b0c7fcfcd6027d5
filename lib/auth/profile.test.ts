import { expect, test } from "vitest";
import { database } from "#lib/db.ts";
import { makeUser } from "#lib/testing/factories.ts";
import { renameUser } from "./profile.ts";

test("a person gets the name they typed, without the spaces around it, and nobody else does", async () => {
  const [one, other] = [await makeUser(), await makeUser()];
  await renameUser(one.id, { name: "  Ada Lovelace " });
  const nameOf = async (id: string) =>
    (await database().user.findUniqueOrThrow({ where: { id } })).name;
  expect(await nameOf(one.id)).toBe("Ada Lovelace");
  expect(await nameOf(other.id)).toBe(other.name);
});

test("a name of nothing or of invisible characters is refused", async () => {
  const user = await makeUser();
  for (const name of ["", "   ", "a\u200Bb"]) {
    await expect(renameUser(user.id, { name })).rejects.toMatchObject({ code: "invalid_input" });
  }
});
