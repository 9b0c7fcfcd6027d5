import { createUserAccount } from "#lib/auth/users.ts";
import { defineCommand } from "../command.ts";
import { readPassword } from "../input.ts";

export const commands = [
  defineCommand({
    name: "user create",
    summary: "Create an account that signs in with a password",
    options: {
      email: { value: "EMAIL", help: "The address the person signs in with", required: true },
      name: { value: "NAME", help: "The person's name; the address up to the @ otherwise" },
    },
    notes:
      "The password is read from standard input, or from CALLGATE_PASSWORD:\n" +
      "  printf '%s' \"$PASSWORD\" | callgate user create --email ada@example.com",
    json: "{id, email}",
    async run({ email, name }) {
      const password = await readPassword();
      const user = await createUserAccount({
        email,
        name: name ?? email.split("@")[0] ?? email,
        password,
      });
      return {
        json: { id: user.id, email: user.email },
        text: `Created ${user.email}. Next: callgate org create --owner ${user.email} --name NAME --slug SLUG`,
      };
    },
  }),
];
