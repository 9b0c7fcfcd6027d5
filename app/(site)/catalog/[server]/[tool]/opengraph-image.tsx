import { ImageResponse } from "next/og";
import { ShareCard, shareCardSize } from "#components/site/share-card.tsx";
import { CATEGORY_TEXT, RISK_CLASS_LABEL } from "#lib/catalog/describe.ts";
import { readToolText } from "../../read.ts";

export const alt = "A tool of an MCP server, its category and its risk class";
export const size = shareCardSize;
export const contentType = "image/png";

export default async function ToolShareImage({
  params,
}: {
  params: Promise<{ server: string; tool: string }>;
}) {
  const { server: slug, tool: name } = await params;
  const { server, tool } = (await readToolText(slug, name)).page;
  return new ImageResponse(
    <ShareCard
      title={tool.name.slice(0, 60)}
      text={`A tool of ${server.title}`}
      note={`${CATEGORY_TEXT[tool.category].label} · risk class ${RISK_CLASS_LABEL[tool.riskClass]}`}
    />,
    size,
  );
}
