/** Knows how a request says by what to sort. */
import { ok, type Result, refuse } from "../../domain/failure";
import type { Order } from "../../domain/listing";
import { badParameter, type Refusal } from "./errors";
import { namesIn, type Query, said } from "./query";
import type { Table } from "./table";

const MOST = 5;

export function ordersOf(query: Query, { type, attributes }: Table): Result<Order[], Refusal> {
  const orders: Order[] = [];
  for (const word of namesIn(said(query, "sort") ?? "")) {
    const field = word.replace(/^-/, "");
    const attribute = Object.hasOwn(attributes, field) ? attributes[field] : undefined;
    if (field !== "id" && !attribute) {
      return refuse(badParameter("permittedParams.unknownAttribute", "sort", `'${field}' is unknown on '${type}'.`));
    }
    if (field !== "id" && !attribute?.flags.includes("S")) {
      return refuse(badParameter("sortParameter.unsortableAttribute", "sort", `'${field}' cannot be sorted by.`));
    }
    orders.push({ field, descending: word.startsWith("-") });
  }
  if (orders.length > MOST)
    return refuse(badParameter("sortParameter.tooMany", "sort", `At most ${MOST} may be named.`));
  return ok(orders);
}
