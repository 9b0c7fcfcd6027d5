export interface RegisterChoice {
  /** The server's slug in the catalogue. */
  server: string;
  /** Carries the choice on to the next page. */
  query: string;
  /** Where it leads in an org: the registration with the server filled in. */
  place: string;
}

/** The server of the catalogue that somebody chose with "Use in Callgate"; null when the address names none. */
export function registerChoice(register: unknown): RegisterChoice | null {
  if (typeof register !== "string" || !/^[a-z0-9-]{1,80}$/.test(register)) return null;
  return {
    server: register,
    query: `?register=${register}`,
    place: `/servers/new?server=${register}`,
  };
}
