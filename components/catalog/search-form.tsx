import { Button } from "#components/ui/button.tsx";
import { Input, Select } from "#components/ui/input.tsx";
import { CATEGORY_TEXT, RISK_CLASS_LABEL } from "#lib/catalog/describe.ts";
import { categories, riskClasses } from "#lib/policy/types.ts";

export interface CatalogueQuery {
  query: string;
  /** A server's slug; "" where all are searched. */
  server: string;
  category: string;
  riskClass: string;
}

/** A plain GET form: works without JavaScript, and its answer can be linked. */
export function CatalogueSearchForm({ values }: { values: CatalogueQuery }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the search element is not known to all readers yet
    <form role="search" action="/catalog" className="grid gap-2 sm:grid-cols-[1fr_auto_auto_auto]">
      {values.server !== "" && <input type="hidden" name="server" value={values.server} />}
      <Input
        type="search"
        name="q"
        aria-label="Search tools"
        placeholder="Search by tool, server or what it does"
        defaultValue={values.query}
        maxLength={200}
      />
      <div className="grid grid-cols-2 gap-2 sm:contents">
        <Select
          name="category"
          aria-label="Category"
          defaultValue={values.category}
          options={[
            { value: "", label: "Any category" },
            ...categories.map((value) => ({ value, label: CATEGORY_TEXT[value].label })),
          ]}
        />
        <Select
          name="class"
          aria-label="Risk class"
          defaultValue={values.riskClass}
          options={[
            { value: "", label: "Any class" },
            ...riskClasses.map((value) => ({ value, label: RISK_CLASS_LABEL[value] })),
          ]}
        />
      </div>
      <Button type="submit" variant="primary">
        Search
      </Button>
    </form>
  );
}
