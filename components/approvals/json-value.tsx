import type { ReactNode } from "react";
import { isSecretName } from "./secret-names.ts";
import { SecretValue } from "./secret-value.tsx";
import { VisibleText } from "./visible-text.tsx";

/** A JSON value of any depth, complete, with hidden characters marked and secrets covered. */
export function JsonValue({ name, value }: { name: string; value: unknown }) {
  if (isSecretName(name) && value !== null && typeof value !== "boolean") {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return (
      <SecretValue name={name} characters={text.length}>
        <Plain value={value} />
      </SecretValue>
    );
  }
  return <Plain value={value} />;
}

function Plain({ value }: { value: unknown }) {
  if (Array.isArray(value)) {
    // biome-ignore lint/suspicious/noArrayIndexKey: an item is its place in the list
    const items = value.map((item, index) => <JsonValue key={index} name="" value={item} />);
    return <Nested open="[" close="]" items={items} />;
  }
  if (typeof value === "object" && value !== null) {
    const items = Object.entries(value).map(([name, item]) => (
      <span key={name}>
        <span className="text-muted">
          "<VisibleText text={name} />
          ":{" "}
        </span>
        <JsonValue name={name} value={item} />
      </span>
    ));
    return <Nested open="{" close="}" items={items} />;
  }
  if (typeof value !== "string") return <span>{String(value)}</span>;
  return (
    <span>
      <Quote />
      <VisibleText text={value} />
      <Quote />
    </span>
  );
}

function Nested({ open, close, items }: { open: string; close: string; items: ReactNode[] }) {
  if (items.length === 0) return <span>{open + close}</span>;
  return (
    <span>
      {open}
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an item is its place in the list
        <span key={index} className="block pl-4">
          {item}
          {index < items.length - 1 && ","}
        </span>
      ))}
      {close}
    </span>
  );
}

function Quote() {
  return <span className="select-none text-muted">"</span>;
}
