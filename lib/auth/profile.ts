import { database } from "#lib/db.ts";
import { parseInput } from "#lib/input.ts";
import { SignUp } from "./schema.ts";

const RenameUser = SignUp.pick({ name: true });

/**
 * Gives a person another name (no tenant); what is on record keeps the name of its time.
 * @throws AppError `invalid_input`
 */
export async function renameUser(userId: string, input: { name: string }): Promise<void> {
  const { name } = parseInput(RenameUser, input);
  await database().user.update({ where: { id: userId }, data: { name } });
}
