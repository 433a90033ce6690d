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

/** Keys of a user that are not revoked. */
export const MOST_KEYS = 100;
