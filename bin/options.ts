/** Options that many commands share. */
export const orgOption = { value: "ORG", help: "Slug of the org", required: true } as const;
export const serverOption = {
  value: "SERVER",
  help: "Slug of the server",
  required: true,
} as const;
