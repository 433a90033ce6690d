/** Knows the attributes and relationships of schedules. The vendor describes none: all of this is ours. */
import { list, one, other, table, text, time } from "../table";

export const schedule = table("schedule", "schedules", {
  attributes: {
    createdAt: time("RFS"),
    holidays: list(),
    name: text("FS", 255),
    openings: other(),
    timeZone: text("", 255),
    updatedAt: time("RFS"),
  },
  relationships: {
    creator: one("user", "R"),
    updater: one("user", "R"),
  },
});
