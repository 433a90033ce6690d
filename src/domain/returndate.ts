/** Knows the date of return that an out-of-office names: in English, and the common forms of German, French, Spanish, Italian and Dutch. */
import { localTimeOn } from "./localtime";
import { DAY, type Journey } from "./time";

/** When somebody who is back on a day is written to again. */
const OPENING = "09:00";
/** A date without a year that lies no further back than this has just gone by; any other is still to come. */
const JUST_PAST = 60 * DAY;
/** A return that lies further ahead is a slip of the pen. */
const LONGEST_ABSENCE = 370 * DAY;

const MONTHS = [
  "jan(?:uary|uar|vier|uari)?|janner|enero|ene|gen(?:naio)?",
  "feb(?:ruary|ruar|rero|braio|ruari)?|fev(?:rier)?",
  "mar(?:ch|s|z|zo)?|maerz|mrz|maart|mrt",
  "apr(?:il|ile)?|avr(?:il)?|abr(?:il)?",
  "may|mai|mayo|mag(?:gio)?|mei",
  "june?|juni|juin|junio|giu(?:gno)?",
  "july?|juli|juillet|julio|lug(?:lio)?",
  "aug(?:ust|ustus)?|aout|agosto|ago",
  "sep(?:t(?:ember|embre|iembre)?)?|set(?:tembre)?",
  "o[ck]t(?:ober|obre|ubre)?|ott(?:obre)?",
  "nov(?:ember|embre|iembre)?",
  "de[cz](?:ember|embre)?|dic(?:iembre|embre)?",
];
const WEEKDAYS = [
  "sunday|sonntag|dimanche|domingo|domenica|zondag",
  "monday|montag|lundi|lunes|lunedi|maandag",
  "tuesday|dienstag|mardi|martes|martedi|dinsdag",
  "wednesday|mittwoch|mercredi|miercoles|mercoledi|woensdag",
  "thursday|donnerstag|jeudi|jueves|giovedi|donderdag",
  "friday|freitag|vendredi|viernes|venerdi|vrijdag",
  "saturday|samstag|samedi|sabado|sabato|zaterdag",
];

const MONTH = `(?<month>${MONTHS.join("|")})\\b\\.?`;
const NUMBER = "(?<day>\\d{1,2})(?:st|nd|rd|th|er|\\.)?(?!\\d)";
const YEAR = "(?:,? ?(?:del? )?(?<year>20\\d\\d))?";

/** The forms of a date after a few words, such as "in the office on": none with a figure or an end of a sentence. */
const FORMS = [
  "(?<year>20\\d\\d)-(?<monthNumber>\\d{1,2})-(?<day>\\d{1,2})\\b",
  "(?<day>\\d{1,2})\\. ?(?<monthNumber>\\d{1,2})\\.(?: ?(?<year>20\\d\\d|\\d\\d\\b))?",
  "(?<left>\\d{1,2})/(?<right>\\d{1,2})(?:/(?<year>20\\d\\d|\\d\\d\\b))?",
  "(?<left>\\d{1,2})-(?<right>\\d{1,2})-(?<year>20\\d\\d)",
  `${MONTH} ?(?:the )?${NUMBER}${YEAR}`,
  `${NUMBER} ?(?:of |de )?${MONTH}${YEAR}`,
  `(?<weekday>${WEEKDAYS.join("|")})\\b`,
].map((form) => new RegExp(`^(?<between>[^\\d.!?;]{0,40}?)\\b${form}`));

/** A weekday says nothing more where its date follows. */
const NEEDLESS = new RegExp(
  `\\b(?:${WEEKDAYS.join("|")}|(?:sun|mon|tues?|wed|thu(?:rs)?|fri|sat)\\b)[.,]*(?= (?:the |den |dem |le |el |il )?(?:\\d|(?:${MONTHS.join("|")})\\b))`,
  "g",
);

/** What stands before a date of return, the surest first; what must follow; and whether the day named is the last of the absence. */
const LEADS: { lead: RegExp; followed?: RegExp; last?: true }[] = [
  {
    lead: /\b(?:back|return(?:s|ing)?|available again|de retour|mon retour|reviens|reviendrai|rentrerai|regreso|regresare|vuelvo|volvere|de vuelta|reincorporo|rientro|rientrero|tornero|di ritorno|terug)\b/g,
  },
  { lead: /\b(?:ab(?: dem)?|am|zum)\b/g, followed: /\b(?:zuruck|wieder)\b/ },
  { lead: /\b(?:vanaf|dal|from)\b/g, followed: /\b(?:weer|terug|di nuovo|nuovamente|again)\b/ },
  {
    lead: /\b(?:through|thru|bis einschliesslich|bis inklusive|bis inkl\.?|until the end of|tot en met|t\/m)\b/g,
    last: true,
  },
  { lead: /\bfrom [^!?;]{3,40}? to\b/g, last: true },
  { lead: /\b(?:until|till?|jusqu'au|jusqu'a|hasta(?: el)?|bis(?: zum)?|fino al(?:l')?|tot)\b/g },
];

const INCLUSIVE = /^[\s,(]*(?:inclu|einschl|inkl|compreso)/;

/**
 * When it is nine o'clock on the day of return, in his zone; null where none is named. The text is in small letters and
 * without accents. A return may have gone by: then he is back.
 */
export function returnOf(text: string, at: Journey, zone: string): Journey | null {
  const bare = text.replace(NEEDLESS, "");
  for (const { lead, followed, last } of LEADS) {
    for (const found of bare.matchAll(lead)) {
      const rest = bare.slice(found.index + found[0].length, found.index + found[0].length + 120);
      const date = dateIn(rest);
      if (!date || (followed && !followed.test(rest.slice(date.end, date.end + 40)))) continue;
      const further = last || INCLUSIVE.test(rest.slice(date.end)) ? DAY : 0;
      const back = meant(date.groups, at, (day) => localTimeOn(day + further, OPENING, zone));
      if (back !== null) return back;
    }
  }
  return null;
}

type Groups = Record<string, string | undefined>;

/** The date that comes first, and where it ends. */
function dateIn(rest: string): { groups: Groups; end: number } | null {
  const dates = FORMS.map((form) => form.exec(rest))
    .filter((found) => found !== null)
    .map((found) => ({ groups: found.groups ?? {}, end: found[0].length }));
  const [first] = dates.sort((a, b) => (a.groups.between?.length ?? 0) - (b.groups.between?.length ?? 0));
  return first ?? null;
}

/** The instant of return that is meant: of a weekday the next one, of a date without a year the likely one. */
function meant(groups: Groups, at: Journey, backOn: (day: number) => Journey): Journey | null {
  if (groups.weekday) return nextWeekday(nameIn(WEEKDAYS, groups.weekday), at, backOn);
  const parts = partsOf(groups);
  if (!parts) return null;
  const year = new Date(at).getUTCFullYear();
  const years = groups.year ? [(Number(groups.year) % 2000) + 2000] : [year - 1, year, year + 1];
  const backs = years.flatMap((one) => midnight(one, parts) ?? []).map(backOn);
  return backs.find((back) => back > at - JUST_PAST && back <= at + LONGEST_ABSENCE) ?? null;
}

function nextWeekday(weekday: number, at: Journey, backOn: (day: number) => Journey): Journey | null {
  const today = Math.floor(at / DAY) * DAY;
  const days = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => today + n * DAY);
  return (
    days
      .filter((day) => new Date(day).getUTCDay() === weekday)
      .map(backOn)
      .find((back) => back > at) ?? null
  );
}

interface Parts {
  month: number;
  day: number;
}

/** Month and day, the month from 1. Of 3/4 nobody knows which is which. */
function partsOf({ left, right, month, monthNumber, day }: Groups): Parts | null {
  if (left === undefined || right === undefined) {
    return { month: month ? nameIn(MONTHS, month) + 1 : Number(monthNumber), day: Number(day) };
  }
  const [a, b] = [Number(left), Number(right)];
  if (a > 12 || a === b) return { month: b, day: a };
  return b > 12 ? { month: a, day: b } : null;
}

/** As UTC has it; null where there is no such day. */
function midnight(year: number, { month, day }: Parts): number | null {
  const time = Date.UTC(year, month - 1, day);
  const date = new Date(time);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? time : null;
}

function nameIn(names: readonly string[], name: string): number {
  return names.findIndex((forms) => new RegExp(`^(?:${forms})$`).test(name));
}
