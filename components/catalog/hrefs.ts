/** Addresses of the catalogue; a tool's name may hold any character. */
export function serverHref(server: string): string {
  return `/catalog/${server}`;
}

export function toolHref(server: string, tool: string): string {
  return `/catalog/${server}/${encodeURIComponent(tool)}`;
}

/** Leads to the registration form of the visitor's org with this server filled in. */
export function registerHref(server: string): string {
  return `/orgs?register=${server}`;
}
