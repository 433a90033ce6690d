/** Knows what the columns of a file of contacts are for: as somebody says, or else by their names. */
import { badFile } from "./csv";
import { type Failure, ok, type Result, refuse } from "./failure";
import { PLATFORMS, type Platform } from "./platform";

const TEXTS = ["displayName", "firstName", "lastName", "avatarUrl", "timezone"] as const;
export type TextField = (typeof TEXTS)[number];

export type Column = { name: string } & (
  | { to: "address"; platform: Platform }
  | { to: "text"; field: TextField }
  | { to: "tags" }
  | { to: "custom"; field: string }
  | { to: "nothing" }
);

export interface ColumnOptions {
  /** The platform that they are to be written to on; null: EMAIL where there is such a column, else the first one's. */
  platform: Platform | null;
  /** By the names of columns, what each is for; those that it leaves out go by their names. */
  mapping: Readonly<Record<string, string>>;
}

export interface Columns {
  columns: Column[];
  /** The platform of who becomes a contact. */
  platform: Platform;
}

const EMAIL_NAMES = ["email", "mail", "emailaddress", "mailaddress"];
const PHONE_NAMES = ["phone", "phonenumber", "mobile", "mobilephone", "telephone", "tel"];
/** What somebody goes by on the platform that was asked for. */
const OWN_NAMES = ["username", "handle", "address"];
const TEXT_NAMES: Record<TextField, string[]> = {
  displayName: ["displayname", "name", "fullname", "contactname"],
  firstName: ["firstname", "first", "givenname", "forename"],
  lastName: ["lastname", "last", "surname", "familyname"],
  avatarUrl: ["avatarurl", "avatar"],
  timezone: ["timezone", "tz"],
};
/** Of the name of a column so much is read: each row that is refused for what is in it is told its name. */
const LONGEST_NAME = 255;

/** Custom fields that have one name, whatever a file calls them. */
const CUSTOM_NAMES: Record<string, string[]> = {
  company: ["company", "companyname", "organization", "organisation"],
  title: ["title", "jobtitle"],
  phone: PHONE_NAMES,
};

type Purpose = Column extends infer C ? (C extends unknown ? Omit<C, "name"> : never) : never;

/** What each column is for. One without an address, or with two columns for the same, is no file of contacts. */
export function columnsOf(header: readonly string[], options: ColumnOptions): Result<Columns> {
  const assigned = assign(header, options);
  if (!assigned.ok) return assigned;
  const { platform } = options;
  const columns = assigned.value;
  const addressed = columns.flatMap((column) => (column.to === "address" ? [column.platform] : []));
  const own = platform ?? (addressed.includes("EMAIL") ? "EMAIL" : addressed[0]);
  if (own === undefined || !addressed.includes(own)) return badFile(`has no column with ${addressName(platform)}`);
  return ok({ columns, platform: own });
}

/** The same, whether or not there is an address among them. */
export function assign(header: readonly string[], { platform, mapping }: ColumnOptions): Result<Column[]> {
  const names = header.map((name) => name.trim().slice(0, LONGEST_NAME));
  const unknown = Object.keys(mapping).find((name) => !names.includes(name));
  if (unknown !== undefined) return badMapping(`names the column ${unknown}, which is not there`);
  const twice = names.find((name, i) => name !== "" && names.indexOf(name) < i);
  if (twice !== undefined) return badFile(`has two columns named ${twice}`);
  const columns: Column[] = [];
  const said = names.map((name) => (Object.hasOwn(mapping, name) ? purposeOf(mapping[name] ?? "", platform) : null));
  for (const purpose of said) if (purpose && !purpose.ok) return purpose;
  const meant = said.flatMap((purpose) => (purpose?.ok ? [purpose.value] : []));
  for (const [i, name] of names.entries()) {
    const purpose = said[i];
    if (purpose?.ok) columns.push({ ...purpose.value, name });
    else columns.push({ ...byName(name, platform, [...meant, ...columns]), name });
  }
  const again = columns.find((one, i) => columns.slice(0, i).some((other) => isSame(one, other)));
  return again ? badMapping(`has two columns for the same as ${again.name}`) : ok(columns);
}

/** What a mapping calls the purpose of a column. */
export function fieldOf(column: Column): string {
  switch (column.to) {
    case "nothing":
      return "ignore";
    case "tags":
      return "tags";
    case "text":
      return column.field;
    case "address":
      return column.platform.toLowerCase();
    case "custom":
      return `customFields.${column.field}`;
  }
}

function addressName(platform: Platform | null): string {
  return platform === null ? "an address: name one email" : `an address on ${platform}`;
}

function badMapping(message: string): { ok: false; failure: Failure } {
  return refuse({ kind: "bad_value", field: "mapping", message });
}

/** Two columns may be for nothing, and no two for the same. */
function isSame(one: Purpose, other: Purpose): boolean {
  if (one.to === "nothing" || one.to !== other.to) return false;
  if (one.to === "address") return other.to === "address" && one.platform === other.platform;
  if (one.to === "tags") return true;
  return "field" in other && one.field === other.field;
}

/** What a mapping calls a field: as a contact has it, a platform in small letters, `customFields.` and a name, or nothing. */
function purposeOf(text: string, platform: Platform | null): Result<Purpose> {
  const field = TEXTS.find((name) => name === text);
  if (field) return ok({ to: "text", field });
  if (text === "" || text === "ignore") return ok({ to: "nothing" });
  if (text === "tags") return ok({ to: "tags" });
  const named = PLATFORMS.find((name) => name.toLowerCase() === text);
  if (named) return ok({ to: "address", platform: named });
  if (platform && ["username", "address"].includes(text)) return ok({ to: "address", platform });
  const custom = /^customFields\.([^.\s]{1,100})$/.exec(text)?.[1];
  if (custom !== undefined) return ok({ to: "custom", field: custom });
  return badMapping(`names the field ${text}, which contacts do not have`);
}

/** What a column says by its own name, unless another is for that already: then it is a custom field. */
function byName(name: string, platform: Platform | null, before: readonly Purpose[]): Purpose {
  const plain = name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  if (plain === "") return { to: "nothing" };
  const isTaken = (purpose: Purpose) => before.some((one) => isSame(purpose, one));
  const meant = wellKnown(plain, platform);
  if (meant && !isTaken(meant)) return meant;
  const custom: Purpose = { to: "custom", field: name.replace(/[.\s]+/gu, "_").slice(0, 100) };
  return isTaken(custom) ? { to: "nothing" } : custom;
}

function wellKnown(plain: string, platform: Platform | null): Purpose | null {
  if (EMAIL_NAMES.includes(plain)) return { to: "address", platform: "EMAIL" };
  if (platform && OWN_NAMES.includes(plain)) return { to: "address", platform };
  const isByPhone = platform === "SMS" || platform === "WHATSAPP";
  if (isByPhone && PHONE_NAMES.includes(plain)) return { to: "address", platform };
  const there = PLATFORMS.find((one) =>
    ["", "handle", "username"].some((end) => plain === one.toLowerCase().replace("_", "") + end),
  );
  if (there && there !== "WEBHOOK") return { to: "address", platform: there };
  const field = TEXTS.find((one) => TEXT_NAMES[one].includes(plain));
  if (field) return { to: "text", field };
  if (plain === "tags" || plain === "tag") return { to: "tags" };
  const custom = Object.keys(CUSTOM_NAMES).find((one) => CUSTOM_NAMES[one]?.includes(plain));
  return custom === undefined ? null : { to: "custom", field: custom };
}
