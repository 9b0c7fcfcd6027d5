/**
 * Tools that people look for under a server which does not have them, because other catalogues list
 * them there, and where they really live.
 */
const misplaced = [
  {
    listedUnder: "awslabs-valkey",
    tool: "create_api_key",
    server: "awslabs-appsync",
    title: "AWS Labs AppSync",
  },
  {
    listedUnder: "awslabs-valkey",
    tool: "identity_create_api_key_provider",
    server: "awslabs-bedrock-agentcore",
    title: "AWS Labs Bedrock AgentCore",
  },
];

/** What is looked for under this server and lives in another. */
export function livesElsewhere(server: string): { tool: string; server: string; title: string }[] {
  return misplaced
    .filter(({ listedUnder }) => listedUnder === server)
    .map(({ tool, server: home, title }) => ({ tool, server: home, title }));
}
