/** Knows what a resource is: its table, who may read and write it, and the engine's verbs behind its writes. */
import type { Result } from "../../domain/failure";
import type { Row } from "../../domain/listing";
import type { ANYTHING, Scope } from "../../domain/scope";
import type { Context } from "../../engine/context";
import type { Attributes, Relationships, Table, Written } from "./table";

/** The context of a request, in which somebody acts. */
export type Acting = Context & { userId: number };

/** What an action is done to, and what the query adds to it: `actionParams[name]`. */
export interface Target {
  id: number;
  row: Row;
  params: ReadonlyMap<string, string>;
}

export interface Resource<A extends Attributes = Attributes, R extends Relationships = Relationships> {
  /** Its type is also the name of its collection. */
  table: Table<A, R>;
  scopes: { read: Scope | typeof ANYTHING; write: Scope };
  /** A row's further attributes; those that it has under their own names come first. */
  extras?(row: Row): unknown;
  /** What one that is asked for by itself shows besides. */
  full?(ctx: Acting, row: Row): Promise<object>;
  /** The relationships that a body may set. */
  links?: readonly (keyof R & string)[];
  /** Gives the id of what was made. */
  create?(ctx: Acting, written: Written<A, R>): Promise<Result<number>>;
  update?(ctx: Acting, id: number, written: Written<A, R>, row: Row): Promise<Result<unknown>>;
  remove?(ctx: Acting, id: number): Promise<Result<unknown>>;
  actions?: Record<string, (ctx: Acting, target: Target) => Promise<Result<unknown>>>;
  /** Whether the row itself lets this user write it. */
  isEditable?(row: Row, userId: number): boolean;
}

/** Of what belongs to a sequence: who may write that, may write this. */
export function isEditableThere({ sequenceShareType, sequenceOwner }: Row, userId: number): boolean {
  return sequenceShareType === "shared" || sequenceOwner === userId;
}

/** Keeps the types of a table with its writes, and forgets them for the routes, which are the same for all. */
export function resource<A extends Attributes, R extends Relationships>(spec: Resource<A, R>): Resource {
  return spec as unknown as Resource;
}
