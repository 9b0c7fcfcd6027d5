"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Textarea } from "#components/ui/input.tsx";
import type { PolicyProblem } from "#lib/policy/parse.ts";
import type { CodeEditor } from "./code-mirror.ts";

export interface YamlEditorProps {
  text: string;
  problems: readonly PolicyProblem[];
  canEdit: boolean;
  onChange: (text: string) => void;
}

/** The policy as text with its problems at their lines. A plain field until the editor is loaded. */
export function YamlEditor({ text, problems, canEdit, onChange }: YamlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor | null>(null);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  const change = useEffectEvent(onChange);
  const latest = useEffectEvent(() => ({ text, canEdit }));

  useEffect(() => {
    let isCurrent = true;
    void import("./code-mirror.ts").then(
      ({ mountCodeEditor }) => {
        if (!isCurrent || host.current === null) return;
        const { text: now, canEdit: editable } = latest();
        editor.current = mountCodeEditor(host.current, {
          text: now,
          label: "Policy as YAML",
          editable,
          onChange: (next) => change(next),
        });
        setState("ready");
      },
      () => isCurrent && setState("failed"),
    );
    return () => {
      isCurrent = false;
      editor.current?.destroy();
      editor.current = null;
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: also once the editor is there
  useEffect(() => editor.current?.setText(text), [text, state]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: also once the editor is there
  useEffect(() => editor.current?.setProblems(problems), [problems, state]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: also once the editor is there
  useEffect(() => editor.current?.setEditable(canEdit), [canEdit, state]);

  return (
    <div className="grid min-w-0 content-start gap-2">
      <div
        ref={host}
        hidden={state !== "ready"}
        className="min-w-0 overflow-hidden rounded border"
      />
      {state !== "ready" && (
        <Textarea
          mono
          rows={20}
          aria-label="Policy as YAML"
          value={text}
          readOnly={!canEdit}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {problems.length > 0 && (
        <div role="status" className="grid gap-1 rounded border border-danger/40 bg-danger/6 p-2">
          <p className="font-medium text-danger text-sm">
            {problems.length === 1 ? "1 problem" : `${problems.length} problems`}
          </p>
          <ul className="grid max-h-40 gap-0.5 overflow-y-auto">
            {problems.map((problem, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two problems may be equal in all parts
              <li key={index} className="text-sm">
                <button
                  type="button"
                  className="text-left underline-offset-2 hover:underline pointer-coarse:min-h-11"
                  onClick={() => editor.current?.goTo(problem.line ?? 1, problem.column ?? 1)}
                >
                  <span className="text-muted">Line {problem.line ?? 1}</span>{" "}
                  {problem.path !== "" && <code className="font-mono">{problem.path}</code>}{" "}
                  {problem.message}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
