import { visibleParts } from "./visible-parts.ts";

/** A text in the order it is stored, with everything unseen in it named. */
export function VisibleText({ text }: { text: string }) {
  return (
    <span className="break-words [direction:ltr] [overflow-wrap:anywhere] [unicode-bidi:bidi-override]">
      {visibleParts(text).map((part, index) => {
        // biome-ignore-start lint/suspicious/noArrayIndexKey: a part is its place in the text
        if (part.kind === "text") return <span key={index}>{part.text}</span>;
        if (part.code === "U+000A") return <LineBreak key={index} />;
        return (
          <mark
            key={index}
            title={`${part.name}, ${part.code}`}
            className="mx-px whitespace-nowrap rounded-[3px] border border-caution bg-caution/14 px-1 font-sans text-text text-xs"
          >
            {part.code === "U+0009" ? "tab" : `${part.name} ${part.code}`}
          </mark>
        );
        // biome-ignore-end lint/suspicious/noArrayIndexKey: a part is its place in the text
      })}
    </span>
  );
}

function LineBreak() {
  return (
    <>
      <span aria-hidden="true" className="select-none text-muted/70">
        ↵
      </span>
      <br />
    </>
  );
}
