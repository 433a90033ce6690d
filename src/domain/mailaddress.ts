/** Knows how an address of mail is spelled so that every server reads it alike (RFC 5321, section 4.1.2), and who a sender is. */
import type { Sender } from "./transport";

const LONGEST_LOCAL = 64;
const LONGEST_ADDRESS = 254;
const ATOMS = /^[\w!#$%&'*+/=?^`{|}~.-]+$/;
const DOT_ATOM = /^[^.]+(?:\.[^.]+)*$/;
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/**
 * Its domain in the letters that DNS knows, its local part quoted where dots stand oddly, as some old ones do. Null where
 * it cannot be written to: whatever else would need quotes is told apart by no two servers alike, and a local part
 * outside ASCII is taken by few of them (RFC 6531).
 */
export function spellAddress(text: string): string | null {
  const at = text.lastIndexOf("@");
  const local = text.slice(0, at);
  const domain = spellDomain(text.slice(at + 1));
  if (at < 1 || domain === null || local.length > LONGEST_LOCAL || !ATOMS.test(local)) return null;
  const spelled = `${DOT_ATOM.test(local) ? local : `"${local}"`}@${domain}`;
  return spelled.length <= LONGEST_ADDRESS ? spelled : null;
}

/** A name, never a number: no mail is sent to an address of the network. */
function spellDomain(text: string): string | null {
  if (/[\s/?#@:[\]%\\]/.test(text) || !URL.canParse(`http://${text}/`)) return null;
  const domain = new URL(`http://${text}/`).hostname;
  const labels = domain.split(".");
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? "") ? domain : null;
}

/** An address, or a name and the address in angle brackets; null where it is neither. */
export function readSender(text: string): Sender | null {
  const [, quoted, plain, inside] = /^\s*(?:"([^"\\]*)"|([^"<>]*?))\s*<([^<>]+)>\s*$/.exec(text) ?? [];
  const address = spellAddress((inside ?? text).trim());
  const name = (quoted ?? plain ?? "").trim();
  return address === null ? null : { address, name: name === "" ? null : name, replyTo: null };
}
