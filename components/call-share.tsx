/** "1,204 · 12 %": calls and how many of them were refused, the share in the colour of danger. */
export function CallShare({ calls, refused }: { calls: number; refused: number }) {
  if (calls === 0) return <span className="text-muted">0</span>;
  const share = Math.round((refused / calls) * 100);
  return (
    <span className="whitespace-nowrap">
      {calls.toLocaleString("en")}
      {refused > 0 && (
        <span
          className="text-danger"
          title={`${refused.toLocaleString("en")} of ${calls.toLocaleString("en")} calls refused`}
        >
          {" · "}
          {share === 0 ? "< 1" : share} %<span className="sr-only"> refused</span>
        </span>
      )}
    </span>
  );
}
