"use client";

import { type RefObject, useEffect } from "react";

type TextControl = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/**
 * React resets a form to what was sent when its answer comes. What somebody typed into it meanwhile
 * is newer than that and stays.
 *
 * @param button the submit button of the form
 */
export function useLateTyping(button: RefObject<HTMLButtonElement | null>): void {
  useEffect(() => {
    const form = button.current?.form;
    if (!form) return;
    const sent = new WeakMap<TextControl, string>();
    const remember = () => {
      for (const control of textControls(form)) sent.set(control, control.value);
    };
    const keep = () => {
      for (const control of textControls(form)) {
        const { value } = control;
        const before = sent.get(control);
        // The event comes before what it announces.
        if (before !== undefined && before !== value)
          queueMicrotask(() => {
            control.value = value;
          });
      }
    };
    form.addEventListener("submit", remember);
    form.addEventListener("reset", keep);
    return () => {
      form.removeEventListener("submit", remember);
      form.removeEventListener("reset", keep);
    };
  }, [button]);
}

function textControls(form: HTMLFormElement): TextControl[] {
  return [...form.elements].filter(
    (control): control is TextControl =>
      control instanceof HTMLTextAreaElement ||
      control instanceof HTMLSelectElement ||
      (control instanceof HTMLInputElement &&
        !["checkbox", "radio", "file", "hidden"].includes(control.type)),
  );
}
