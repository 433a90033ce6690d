/** Knows how a message on the replies queue is described to the Workers that put one there. */
import * as z from "zod";
import { ReplyMessage } from "./replies";

/** JSON Schema, draft 2020-12. */
export function replySchema(): object {
  return {
    title: "Reply",
    description: "A message on the queue dripline-replies, version 1",
    ...z.toJSONSchema(ReplyMessage, { io: "input" }),
  };
}
