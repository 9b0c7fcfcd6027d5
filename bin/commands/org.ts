import { findUserByEmail } from "#lib/auth/users.ts";
import { AppError } from "#lib/errors.ts";
import { createOrgForUser } from "#lib/orgs/orgs.ts";
import { defineCommand } from "../command.ts";

export const commands = [
  defineCommand({
    name: "org create",
    summary: "Create an org and make an account its owner",
    options: {
      name: { value: "NAME", help: "What people call the org", required: true },
      slug: {
        value: "SLUG",
        help: "What stands for it in URLs, such as acme-labs",
        required: true,
      },
      owner: { value: "EMAIL", help: "The account that owns it", required: true },
    },
    json: "{id, slug}",
    async run({ name, slug, owner }) {
      const user = await findUserByEmail(owner);
      if (!user) {
        throw new AppError(
          "not_found",
          `There is no account ${owner}. Create it first: callgate user create --email ${owner}`,
        );
      }
      const org = await createOrgForUser(user, { name, slug });
      return {
        json: { id: org.id, slug: org.slug },
        text: `Created ${org.slug}, owned by ${user.email}. Next: callgate server add --org ${org.slug} --slug SLUG --url URL`,
      };
    },
  }),
];
