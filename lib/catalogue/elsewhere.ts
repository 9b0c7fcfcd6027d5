/** A tool that people look for under a server which does not have it, and where it really lives. */
export interface MisplacedTool {
  tool: string;
  /** The slug and title of the server that has it. */
  server: string;
  title: string;
  /** What to say where it is looked for. */
  sentence: string;
}

/** Because other catalogues list them there. */
const misplaced = [
  {
    tool: "create_api_key",
    server: "awslabs-appsync",
    title: "AWS Labs AppSync",
  },
  {
    tool: "identity_create_api_key_provider",
    server: "awslabs-bedrock-agentcore",
    title: "AWS Labs Bedrock AgentCore",
  },
].map((each) => ({ ...each, listedUnder: "awslabs-valkey", listedTitle: "AWS Labs Valkey" }));

/** What is looked for under this server and lives in another. */
export function livesElsewhere(server: string): MisplacedTool[] {
  return misplaced
    .filter(({ listedUnder }) => listedUnder === server)
    .map(({ tool, server: home, title, listedTitle }) => ({
      tool,
      server: home,
      title,
      sentence: `Some catalogues list ${tool} under ${listedTitle}, but no recorded version of that server has it: it is a tool of ${title}.`,
    }));
}

export function findMisplaced(server: string, tool: string): MisplacedTool | undefined {
  return livesElsewhere(server).find((each) => each.tool === tool);
}
