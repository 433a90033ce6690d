/** Knows what a user is: somebody on whose behalf keys act. */
import type { Journey } from "./time";

export interface User {
  id: number;
  workspaceId: number;
  name: string;
  email: string | null;
  username: string | null;
  firstName: string | null;
  lastName: string | null;
  /** None of his keys is let in. */
  locked: boolean;
  /** What is only kept and shown. */
  details: Record<string, unknown>;
  creatorId: number | null;
  updaterId: number | null;
  createdAt: Journey;
  updatedAt: Journey | null;
}

/** The first and last name where there is one of them, else the name that was given, else the address. */
export function nameOf(user: Partial<Pick<User, "name" | "email" | "firstName" | "lastName">>): string {
  const full = [user.firstName, user.lastName].filter((part) => part).join(" ");
  return full || user.name || user.email || "";
}

/** How long a key that is replaced goes on, in seconds: so long unless told otherwise, and at most. */
export const OVERLAP = 24 * 3600;
export const LONGEST_OVERLAP = 7 * 24 * 3600;

/** Keys of a user that are not revoked. */
export const MOST_KEYS = 100;
