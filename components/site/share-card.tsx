export const shareCardSize = { width: 1200, height: 630 };

/** What a link to a page looks like where it is shared; drawn as a picture, so it has its own styles. */
export function ShareCard({ title, text, note }: { title: string; text: string; note: string }) {
  return (
    <div
      style={{
        display: "flex",
        flexDirection: "column",
        justifyContent: "space-between",
        width: "100%",
        height: "100%",
        padding: 72,
        background: "#0f1012",
        color: "#ecedf0",
      }}
    >
      <div style={{ display: "flex", fontSize: 34, color: "#86aeff" }}>Callgate</div>
      <div style={{ display: "flex", flexDirection: "column", gap: 24 }}>
        <div style={{ display: "flex", fontSize: title.length > 28 ? 56 : 76 }}>{title}</div>
        <div style={{ display: "flex", fontSize: 34, color: "#9ba0ab" }}>{text}</div>
      </div>
      <div style={{ display: "flex", fontSize: 30 }}>{note}</div>
    </div>
  );
}
