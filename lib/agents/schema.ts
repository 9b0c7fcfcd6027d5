import { z } from "zod";

/** What people call an agent: `alice-laptop`, `ci-runner`. */
export const AgentName = z
  .string()
  .regex(
    /^[a-zA-Z0-9][\w.-]{0,62}$/,
    "Use letters, digits, dots, hyphens and underscores, 63 at most, such as ci-runner",
  );
export type AgentName = z.infer<typeof AgentName>;

const ServerSlugs = z.array(z.string().min(1).max(80)).max(500);

/** Days until the token lapses; null: never. */
const ExpiresInDays = z.number().int().min(1).max(365).nullable().default(null);

export const CreateAgent = z.strictObject({
  name: AgentName,
  servers: ServerSlugs.min(1, "Choose at least one server"),
  expiresInDays: ExpiresInDays,
});
export type CreateAgent = z.input<typeof CreateAgent>;

export const RotateAgent = z.strictObject({ agent: AgentName, expiresInDays: ExpiresInDays });
export type RotateAgent = z.input<typeof RotateAgent>;

/** One agent by its name. */
export const AgentRef = z.strictObject({ agent: AgentName });
export type AgentRef = z.infer<typeof AgentRef>;

/** The servers an agent may use from now on, all of them. */
export const GrantServers = z.strictObject({ agent: AgentName, servers: ServerSlugs });
export type GrantServers = z.infer<typeof GrantServers>;

export const ListAgents = z.strictObject({ server: z.string().min(1).max(80).optional() });
export type ListAgents = z.infer<typeof ListAgents>;
