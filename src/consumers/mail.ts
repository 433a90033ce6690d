/** Knows the door of mails: whose they are they tell themselves, and nobody else's are taken. */
import { domainOf } from "../domain/incoming";
import type { Doors } from "../engine/context";
import { takeIncoming } from "../engine/inbound";
import { warn } from "../log";
import { readIncoming } from "./incoming";

/** The platform takes none that is larger; where another server hands them on, neither do we. */
const LARGEST = 25 * 1024 * 1024;

type Arriving = Pick<ForwardableEmailMessage, "from" | "to" | "raw" | "rawSize" | "setReject">;

/** What throws here is sent again by the server that it comes from. */
export async function takeMail(message: Arriving, doors: Doors, replyDomain: string | null): Promise<void> {
  if (message.rawSize > LARGEST) return message.setReject("The message is too large");
  const mail = await readIncoming(message.raw, message);
  const fate = await takeIncoming(doors, mail, replyDomain);
  if (fate !== "unknown") return;
  if (domainOf(message.to) === replyDomain) return message.setReject("There is nobody of this address");
  warn("a mail to an address that nobody has was dropped");
}
