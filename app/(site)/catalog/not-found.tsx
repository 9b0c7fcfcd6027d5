import { CatalogueSearchForm } from "#components/catalog/search-form.tsx";

export default function NotInCatalogue() {
  return (
    <div className="grid gap-6">
      <header className="grid gap-2">
        <h1 className="font-semibold text-2xl tracking-tight">Not in the catalogue</h1>
        <p className="max-w-[72ch] text-base text-muted">
          The catalogue holds only definitions that were recorded from a real server, and there is
          none of this name. Search for the tool: it may live in another server.
        </p>
      </header>
      <CatalogueSearchForm values={{ query: "", server: "", category: "", riskClass: "" }} />
    </div>
  );
}
