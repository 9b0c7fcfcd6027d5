import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";

/** Every page of the catalogue carries this one along, so the search is the short one. */
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
      {/* biome-ignore lint/a11y/useSemanticElements: the search element is not known to all readers yet */}
      <form role="search" action="/catalog" className="grid max-w-160 grid-cols-[1fr_auto] gap-2">
        <Input
          type="search"
          name="q"
          aria-label="Search tools"
          placeholder="Search by tool, server or what it does"
          maxLength={200}
        />
        <Button type="submit" variant="primary">
          Search
        </Button>
      </form>
    </div>
  );
}
