import { describe, expect, test } from "vitest";
import { plain } from "../../src/domain/outofoffice";
import { returnOf } from "../../src/domain/returndate";

/** A Wednesday. */
const AT = Date.UTC(2026, 11, 2, 12, 0);

function back(text: string, at = AT, zone = "UTC"): string | null {
  const instant = returnOf(plain(text), at, zone);
  return instant === null ? null : new Date(instant).toISOString().slice(0, 16).replace("T09:00", "");
}

describe("a date of return is read", () => {
  test.each([
    ["I'll be back on December 14", "2026-12-14"],
    ["I will be back in the office on Dec. 14th, 2026.", "2026-12-14"],
    ["I am out of the office and will return Monday, Dec 14th", "2026-12-14"],
    ["returning on the 14th of December", "2026-12-14"],
    ["I return to work on 14 Dec 2026", "2026-12-14"],
    ["I'm away until 2026-12-14.", "2026-12-14"],
    ["out until 14.12.2026", "2026-12-14"],
    ["out till 14/12/2026", "2026-12-14"],
    ["until 12/14/2026", "2026-12-14"],
    ["until 12/12/26", "2026-12-12"],
    ["I am back on Monday", "2026-12-07"],
    ["Away until next Friday", "2026-12-04"],
    ["I'm on leave through December 13", "2026-12-14"],
    ["I am out from December 1 to December 13", "2026-12-14"],
    ["I am out until December 13 (inclusive)", "2026-12-14"],
    ["returning on 3 January", "2027-01-03"],
    ["back Jan 3rd", "2027-01-03"],
    ["out until Dec 11. I'll be back on Dec 14", "2026-12-14"],
    ["I'll get back to you when I return on December 14", "2026-12-14"],
    ["Call Ann (555-0199) in urgent cases. I'm back\non  December 14.", "2026-12-14"],
    ["Ich bin bis zum 14.12.2026 nicht im Büro", "2026-12-14"],
    ["Ich bin ab dem 14. Dezember wieder erreichbar", "2026-12-14"],
    ["Ich bin am Montag, 14. Dezember wieder für Sie da", "2026-12-14"],
    ["Ich bin bis einschließlich 13.12. im Urlaub", "2026-12-14"],
    ["Zurück bin ich am 4. Jänner; bis 4. Jänner vertritt mich Anna", "2027-01-04"],
    ["Je serai de retour le 14 décembre 2026", "2026-12-14"],
    ["Absente jusqu'au 13 décembre inclus", "2026-12-14"],
    ["Je serai de retour au bureau lundi", "2026-12-07"],
    ["Estaré fuera hasta el 14 de diciembre", "2026-12-14"],
    ["Regreso el lunes 14 de diciembre de 2026", "2026-12-14"],
  ])("%s -> %s", (text, date) => {
    expect(back(text)).toBe(date);
  });

  test("received at the end of a year, a month of the next -> next year; one of this -> this year", () => {
    const eve = Date.UTC(2026, 11, 30, 12, 0);
    expect(back("returning on 3 January", eve)).toBe("2027-01-03");
    expect(back("back on December 31", eve)).toBe("2026-12-31");
  });

  test("one that has just gone by -> that one, not next year's", () => {
    expect(back("back on November 20")).toBe("2026-11-20");
    expect(back("back on January 2", Date.UTC(2027, 0, 5))).toBe("2027-01-02");
  });

  test.each([
    ["Europe/Berlin", "2026-12-14T08:00"],
    ["America/New_York", "2026-12-14T14:00"],
    ["Pacific/Auckland", "2026-12-13T20:00"],
    ["Pacific/Kiritimati", "2026-12-13T19:00"],
  ])("it is nine o'clock in %s at %s", (zone, instant) => {
    expect(back("back on December 14", AT, zone)).toBe(instant);
  });

  test("a weekday -> the next one whose nine o'clock is ahead", () => {
    expect(back("back on Wednesday", Date.UTC(2026, 11, 2, 8, 59))).toBe("2026-12-02");
    expect(back("back on Wednesday", Date.UTC(2026, 11, 2, 9, 1))).toBe("2026-12-09");
  });
});

describe("nothing is read where nothing is said for certain", () => {
  test.each([
    "I am out of the office",
    "I'll be back soon",
    "I'll be back in two weeks",
    "back at 2 pm",
    "until 3/4/2026",
    "until 03/04",
    "until February 30",
    "back on December 14, 2031",
    "back on 14.12.2019",
    "Order 14.12.2026 has shipped",
    "I will be back. Meetings on December 14 are off",
    "Ab dem 14. Dezember bin ich im Urlaub",
    "Our newsletter of December 14",
  ])("%s", (text) => {
    expect(back(text)).toBeNull();
  });

  test("a long text without a date is read in no time", () => {
    const began = performance.now();
    expect(back(`back until from ${"on the a back from until to ".repeat(300)}`)).toBeNull();
    expect(performance.now() - began).toBeLessThan(500);
  });
});
