"use client";

import { Toast as Base } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { IconButton } from "./icon-button.tsx";

export interface ToastOptions {
  /** What was done, or what failed: "create_api_key is now denied". */
  title: string;
  description?: string | undefined;
  tone?: "done" | "failed";
  /** Offers Undo for 10 seconds. */
  onUndo?: (() => void | Promise<void>) | undefined;
}

const manager = Base.createToastManager();

/** Announces what was done; callable from any client code below a ToastRegion. Never a secret. */
export function showToast({ title, description, tone = "done", onUndo }: ToastOptions): void {
  const before = document.activeElement;
  const id = manager.add({
    title,
    description,
    type: tone,
    // Said once what is being said is over: a higher priority hides the visible one from screen readers.
    priority: "low",
    timeout: onUndo ? 10_000 : tone === "failed" ? 0 : 5_000,
    ...(onUndo && {
      actionProps: {
        children: "Undo",
        onClick: () => {
          manager.close(id);
          // Undo goes away with its toast: focus returns to where it was when the thing was done.
          if (before instanceof HTMLElement && before.isConnected) {
            before.focus({ preventScroll: true });
          }
          void onUndo();
        },
      },
    }),
  });
}

/** Holds the toasts of everything inside it; once per layout. F6 moves focus to it. */
export function ToastRegion({ children }: { children: ReactNode }) {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      {children}
      <Base.Portal>
        <Base.Viewport
          aria-label="Notifications"
          className={cn(
            "fixed inset-x-3 bottom-3 z-70 flex flex-col items-stretch gap-2 outline-none sm:right-auto sm:bottom-5 sm:left-1/2 sm:w-90 sm:-translate-x-1/2",
            besideBar,
          )}
        >
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

/** A bar of actions at the bottom keeps its place: toasts go to its right, or to the top. */
const besideBar =
  "lg:in-[body:has([data-bottom-bar])]:right-8 lg:in-[body:has([data-bottom-bar])]:left-auto lg:in-[body:has([data-bottom-bar])]:translate-x-0 max-lg:in-[body:has([data-bottom-bar])]:top-16 max-lg:in-[body:has([data-bottom-bar])]:bottom-auto";

function Toasts() {
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      swipeDirection={["right", "down"]}
      className="rounded border bg-raised shadow transition-[opacity,translate] data-ending-style:translate-y-2 data-starting-style:translate-y-2 data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
    >
      <Base.Content className="flex min-h-11 items-start gap-2.5 py-1.5 pr-1.5 pl-3">
        {toast.type === "failed" ? (
          <CircleAlert aria-hidden="true" className="mt-2 size-4 shrink-0 text-danger" />
        ) : (
          <CircleCheck aria-hidden="true" className="mt-2 size-4 shrink-0 text-positive" />
        )}
        <div className="grid min-w-0 flex-1 gap-0.5 py-1.5">
          <Base.Title className="break-words font-medium text-sm" />
          <Base.Description className="break-words text-muted text-sm" />
        </div>
        {toast.actionProps && <Base.Action render={<Button size="small" />} className="mt-0.5" />}
        <Base.Close
          aria-label="Dismiss"
          render={
            <IconButton
              label="Dismiss"
              size="iconSmall"
              icon={<X aria-hidden="true" className="size-4" />}
              className="mt-0.5"
            />
          }
        />
      </Base.Content>
    </Base.Root>
  ));
}
