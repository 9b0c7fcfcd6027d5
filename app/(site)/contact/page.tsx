import type { Metadata } from "next";
import { ContactForm } from "#components/site/contact-form.tsx";
import { contactDocument } from "#lib/docs/contact.ts";
import { metadataOf } from "../metadata.ts";
import { contact } from "./actions.ts";

const page = contactDocument();

export const metadata: Metadata = metadataOf(page);

export default function ContactPage() {
  return (
    <div className="grid max-w-110 gap-6">
      <header className="grid gap-2">
        <h1 className="font-semibold text-2xl tracking-tight">{page.title}</h1>
        <p className="text-base text-muted">{page.lead}</p>
      </header>
      <ContactForm action={contact} />
    </div>
  );
}
