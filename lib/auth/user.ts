/** A person, without tenant and without anything secret. */
export interface User {
  id: string;
  email: string;
  name: string;
}

/** What is read of a user; the password hash never leaves this folder. */
export const userFields = { id: true, email: true, name: true } as const;

/** A session that has just been opened, for the browser to keep. */
export interface OpenedSession {
  id: string;
  expiresAt: Date;
}

/** Who has signed in, and the session that this opened. */
export interface SignedIn {
  user: User;
  session: OpenedSession;
}
