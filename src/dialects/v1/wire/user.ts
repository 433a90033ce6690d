/** Knows a user and his keys as v1 writes and reads them. */
import * as z from "zod";
import { GRANTABLE } from "../../../domain/scope";
import { LONGEST_OVERLAP } from "../../../domain/user";
import type { KeyRow, Rotated } from "../../../engine/userkeys";
import type { User } from "../../../engine/users";
import { CustomFields } from "../../customfields";
import { spell } from "../ids";
import { oneLine, oneOf, spelled } from "./parse";
import { Instant } from "./shape";
import { instant, instantOrNull, timeOf } from "./time";

const LONGEST = 255;
const email = oneLine(320);
const fields = {
  name: oneLine(LONGEST).optional(),
  username: oneLine(LONGEST).nullable().optional(),
  firstName: oneLine(LONGEST).nullable().optional(),
  lastName: oneLine(LONGEST).nullable().optional(),
  locked: z.boolean().optional(),
  details: CustomFields.optional(),
};

export const CreateUser = z.object({ email, ...fields });

export const UpdateUser = z.object({ email: email.optional(), ...fields });

export const CreateKey = z.object({
  name: oneLine(LONGEST).nullable().optional(),
  scopes: z.array(oneOf(GRANTABLE)).min(1, "must name a scope at least").max(GRANTABLE.length).optional(),
  expiresAt: timeOf.nullable().optional(),
});

export const RotateKey = z.object({ overlapSeconds: z.int().min(0).max(LONGEST_OVERLAP).optional() });
const words = z.string().nullable();

export const ShownUser = z
  .object({
    id: spelled("user"),
    workspaceId: spelled("workspace"),
    name: z.string(),
    email: words,
    username: words,
    firstName: words,
    lastName: words,
    locked: z.boolean(),
    details: z.record(z.string(), z.unknown()),
    creatorId: spelled("user").nullable(),
    updaterId: spelled("user").nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: "User" });

export const ShownKey = z
  .object({
    id: spelled("key"),
    userId: spelled("user"),
    name: words,
    prefix: z.string(),
    scopes: z.array(z.string()),
    createdAt: Instant,
    expiresAt: Instant.nullable(),
    lastUsedAt: Instant.nullable(),
    successorId: spelled("key").nullable(),
  })
  .meta({ id: "Key" });

export const ShownRotated = z.object({ key: ShownKey.extend({ key: z.string() }), previous: ShownKey });

export function showUser(user: User) {
  const { creatorId, updaterId } = user;
  return {
    id: spell("user", user.id),
    workspaceId: spell("workspace", user.workspaceId),
    name: user.name,
    email: user.email,
    username: user.username,
    firstName: user.firstName,
    lastName: user.lastName,
    locked: user.locked,
    details: user.details,
    creatorId: creatorId === null ? null : spell("user", creatorId),
    updaterId: updaterId === null ? null : spell("user", updaterId),
    createdAt: instant(user.createdAt),
    updatedAt: instant(user.updatedAt ?? user.createdAt),
  };
}

/** A new key, which is told by this answer and never again, and the one that it replaces. */
export function showRotated({ made, before, key }: Rotated) {
  return { key: { ...showKey(made), key }, previous: showKey(before) };
}

/** All times are on the real clock. */
export function showKey(row: KeyRow) {
  return {
    id: spell("key", row.id),
    userId: spell("user", row.userId),
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdAt: instant(row.createdAt),
    expiresAt: instantOrNull(row.expiresAt),
    lastUsedAt: instantOrNull(row.lastUsedAt),
    successorId: row.successorId === null ? null : spell("key", row.successorId),
  };
}
