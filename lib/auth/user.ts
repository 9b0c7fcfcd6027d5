/** A person, without tenant and without anything secret. */
export interface User {
  id: string;
  email: string;
  name: string;
}

/** What is read of a user; the password hash never leaves this folder. */
export const userFields = { id: true, email: true, name: true } as const;
