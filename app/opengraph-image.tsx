import { ImageResponse } from "next/og";
import { ShareCard, shareCardSize } from "#components/site/share-card.tsx";

export const alt = "Callgate: every tool call, decided before it runs";
export const size = shareCardSize;
export const contentType = "image/png";

export default function ShareImage() {
  return new ImageResponse(
    <ShareCard
      title="Every tool call, decided before it runs"
      text="The gate between AI agents and the MCP servers they use."
      note="Allow · Limit · Approve · Deny · Hide"
    />,
    size,
  );
}
