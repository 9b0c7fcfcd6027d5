import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { EditorView, minimalSetup } from "codemirror";
import type { PolicyProblem } from "#lib/policy/parse.ts";

export interface CodeEditor {
  /** Replaces the text unless it is the same; the cursor stays as near as it can. */
  setText(text: string): void;
  setProblems(problems: readonly PolicyProblem[]): void;
  setEditable(editable: boolean): void;
  goTo(line: number, column: number): void;
  destroy(): void;
}

/**
 * A YAML editor inside its own shadow root: there its styles are constructed sheets, which the
 * content policy allows, where a style element in the page would be refused.
 */
export function mountCodeEditor(
  host: HTMLElement,
  options: { text: string; label: string; editable: boolean; onChange: (text: string) => void },
): CodeEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.replaceChildren();
  const editable = new Compartment();
  const access = (value: boolean) => [
    EditorState.readOnly.of(!value),
    EditorView.contentAttributes.of({ "aria-readonly": String(!value) }),
  ];
  let isOutside = false;
  const view = new EditorView({
    doc: options.text,
    root,
    parent: root,
    extensions: [
      lineNumbers(),
      lintGutter(),
      minimalSetup,
      yaml(),
      syntaxHighlighting(colours),
      theme,
      EditorView.lineWrapping,
      editable.of(access(options.editable)),
      EditorView.contentAttributes.of({
        "aria-label": options.label,
        spellcheck: "false",
        tabindex: "0",
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !isOutside) options.onChange(update.state.doc.toString());
      }),
    ],
  });
  // Lines are measured anew once their font is there.
  void document.fonts.ready.then(() => view.requestMeasure());
  return {
    setText(text) {
      const { doc, selection } = view.state;
      if (doc.toString() === text) return;
      isOutside = true;
      const [from, to, insert] = changedPart(doc.toString(), text);
      const anchor = Math.min(selection.main.head, text.length);
      view.dispatch({ changes: { from, to, insert }, selection: { anchor } });
      isOutside = false;
    },
    setProblems(problems) {
      const { doc } = view.state;
      const found = problems.map(({ line, column, message }) => {
        const at = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines));
        const from = Math.min(at.from + Math.max((column ?? 1) - 1, 0), at.to);
        return { from, to: at.to, severity: "error" as const, message };
      });
      view.dispatch(setDiagnostics(view.state, found));
    },
    setEditable(value) {
      view.dispatch({ effects: editable.reconfigure(access(value)) });
    },
    goTo(line, column) {
      const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      const anchor = Math.min(at.from + Math.max(column - 1, 0), at.to);
      view.dispatch({ selection: { anchor }, scrollIntoView: true });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

/** The middle that differs, so that cursor and scroll position survive a change made elsewhere. */
function changedPart(before: string, after: string): [from: number, to: number, insert: string] {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start++;
  let end = 0;
  while (end < shortest - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return [start, before.length - end, after.slice(start, after.length - end)];
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--color-accent)" },
  { tag: tags.comment, color: "var(--color-muted)", fontStyle: "italic" },
  { tag: [tags.string, tags.content], color: "var(--color-text)" },
  { tag: [tags.keyword, tags.bool, tags.number], color: "var(--color-info)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket], color: "var(--color-muted)" },
]);

const theme = EditorView.theme({
  "&": { backgroundColor: "var(--color-raised)", color: "var(--color-text)", fontSize: "13px" },
  "&.cm-focused": { outline: "2px solid var(--color-accent)", outlineOffset: "-2px" },
  ".cm-scroller": {
    fontFamily: "var(--font-mono)",
    lineHeight: "20px",
    minHeight: "20rem",
    maxHeight: "70vh",
    overflow: "auto",
  },
  ".cm-content": { padding: "8px 0", caretColor: "var(--color-text)" },
  ".cm-cursor": { borderLeftColor: "var(--color-text)" },
  ".cm-gutters": {
    backgroundColor: "var(--color-sunken)",
    color: "var(--color-muted)",
    border: "none",
    borderRight: "1px solid var(--color-border)",
  },
  "& .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground":
    { backgroundColor: "color-mix(in oklab, var(--color-accent) 25%, transparent)" },
  ".cm-tooltip": {
    backgroundColor: "var(--color-raised)",
    color: "var(--color-text)",
    border: "1px solid var(--color-edge)",
    fontFamily: "var(--font-sans)",
  },
});
