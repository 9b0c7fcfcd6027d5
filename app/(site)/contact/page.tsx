import type { Metadata } from "next";
import { ContactForm } from "#components/site/contact-form.tsx";
import { contact } from "./actions.ts";

export const metadata: Metadata = {
  title: "Contact",
  description: "Ask a question about Callgate, the catalogue, or a tool that is missing.",
  alternates: { canonical: "/contact" },
};

export default function ContactPage() {
  return (
    <div className="grid max-w-110 gap-6">
      <header className="grid gap-2">
        <h1 className="font-semibold text-2xl tracking-tight">Contact</h1>
        <p className="text-base text-muted">
          A question, a server that is missing from the catalogue, or a class you think is wrong:
          write to whoever runs this Callgate.
        </p>
      </header>
      <ContactForm action={contact} />
    </div>
  );
}
