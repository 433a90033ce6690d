/** Knows an out-of-office among automatic replies, and until when it puts a journey off. */
import { returnOf } from "./returndate";
import type { Ruleset } from "./ruleset";
import { DAY, type Journey, SECOND } from "./time";

/** Where neither the reply nor the ruleset says for how long. */
const USUAL_ABSENCE = 7 * DAY;

/** What names it by itself, in a header or a subject: English, German, French, Spanish, Italian, Dutch. */
const NAMED =
  /\b(out[ -]of[ -](the )?office|ooo|oof|vacation|on (annual |parental |maternity |paternity |sick |medical )?leave|on holidays?|abwesen(d|heit|heitsnotiz)|im urlaub|absen(t|ce) du bureau|message d'absence|en conges?|fuera de (la )?oficina|de vacaciones|ausencia|fuori (sede|ufficio)|in ferie|assen(te|za)|afwezig(heid)?|(op|met) vakantie)\b/;

/** What says in a text that its writer is away. Words of others that follow are not read. */
const SAID =
  /\b(out[ -]of[ -](the )?office|(on|taking|be on) (annual |parental |maternity |paternity |sick |medical |paid )?(leave|vacation|holidays?|pto)|away from (the |my )?(office|desk|e-?mail)|(am|be) (currently )?away (until|till|from)|limited access to (my )?e-?mails?|nicht im (buro|haus)|ausser haus|im urlaub|(bin|derzeit) [\w .,]{0,40}\b(abwesend|nicht erreichbar)|absente? (du bureau|jusqu)|en (conges?|vacances)|fuera de (la |mi )?oficina|de vacaciones|(sono|saro) (assente|fuori (sede|ufficio)|in ferie)|non (sono|saro) in ufficio|fuori (sede|ufficio)|niet (op|in) (het )?kantoor|(ben|ik) [\w .,]{0,40}\b(afwezig|niet aanwezig)|(op|met) (vakantie|verlof))\b/;

/** Who is gone for good, or a desk that answers everybody, is not out of office. */
const GONE =
  /\b(no longer (with|work|employed)|(has|have) left (the )?(company|organi[sz]ation)|ticket|case (number|id)|nicht mehr (bei|fur)|ne fait plus partie|ya no (trabaja|forma parte)|non (lavora|fa) piu|niet meer (werkzaam|in dienst))/;

/** Under this subject Exchange sends what somebody has set for his absence, and says that it was generated, as of what answers nobody. */
const ANSWERS =
  /^(automatic reply|automatische antwort|reponse automatique|respuesta automatica|risposta automatica|automatisch antwoord)\b/;

/** As it is compared: in small letters, without accents, in one line. */
export function plain(text: string): string {
  return text
    .replaceAll("ß", "ss")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[’`´]/g, "'")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();
}

/** What he wrote himself, before what he answers. */
export function ownWords(text: string): string {
  const [own = ""] = text.split(/^(?:-{2,} ?original|_{10,}|on .{5,200}\bwrote:|am .{5,200}\bschrieb)/im);
  return own.replace(/^>.*$/gm, "").slice(0, 4000);
}

/** Whether a reply that is automatic by its headers, given in small letters, says that its sender is away. */
export function isOutOfOffice(headers: ReadonlyMap<string, string>, text: string): boolean {
  const submitted = headers.get("auto-submitted") ?? "";
  const subject = plain(headers.get("subject") ?? "");
  // What a program writes of its own accord, such as a bounce, answers nobody.
  if (!ANSWERS.test(subject) && /^auto-(generated|notified)/.test(submitted)) return false;
  const words = plain(ownWords(text));
  if (GONE.test(words)) return false;
  const vacation = headers.get("x-vacation");
  if (vacation !== undefined && vacation !== "no" && vacation !== "false") return true;
  return ANSWERS.test(subject) || NAMED.test(plain(submitted)) || NAMED.test(subject) || SAID.test(words);
}

type Resuming = Pick<Ruleset, "autoResume" | "autoResumeIn" | "autoResumeExpiresIn" | "oooExtraction">;

/** When a journey goes on again after an out-of-office; null where somebody must see to it. */
export function resumeOf(
  rules: Resuming,
  { text, at, zone }: { text: string; at: Journey; zone: string },
): Journey | null {
  if (!rules.autoResume) return null;
  const named = rules.oooExtraction ? returnOf(plain(ownWords(text)), at, zone) : null;
  const usual = rules.autoResumeIn === null ? USUAL_ABSENCE : rules.autoResumeIn * SECOND;
  const latest = rules.autoResumeExpiresIn === null ? Infinity : at + rules.autoResumeExpiresIn * SECOND;
  return Math.min(named ?? at + usual, latest);
}
