import { describe, expect, test } from "vitest";
import {
  type Condition,
  firstUnmet,
  isField,
  meets,
  NO_RULES,
  OPERATORS,
  type Operator,
  PLAIN_FIELDS,
  type Scalar,
  describe as say,
  takesValue,
} from "../../src/domain/condition";
import type { Contact } from "../../src/domain/contact";
import { alice } from "./given";

const bare: Contact = {
  ...alice,
  displayName: null,
  firstName: "",
  timezone: null,
  tags: [],
  customFields: {},
  addresses: [],
};

function holds(field: string, op: Operator, value?: Scalar, contact: Contact = alice): boolean {
  return meets({ field, op, value }, contact, "TWITTER");
}

type Row = [string, Operator, Scalar | undefined, boolean];

const texts: Row[] = [
  ["firstName", "is", "Alice", true],
  ["firstName", "is", "alice", false],
  ["firstName", "is_not", "Alice", false],
  ["firstName", "is_not", "Bob", true],
  ["displayName", "contains", "SMITH", true],
  ["displayName", "contains", "jones", false],
  ["displayName", "not_contains", "SMITH", false],
  ["displayName", "not_contains", "jones", true],
  ["lastName", "exists", undefined, true],
  ["lastName", "not_exists", undefined, false],
  ["lastName", "gt", "Smart", true],
  ["lastName", "gt", "Smith", false],
  ["lastName", "gte", "Smith", true],
  ["lastName", "lt", "Smithy", true],
  ["lastName", "lte", "Smith", true],
  ["lastName", "lte", "Smart", false],
  ["timezone", "is", "Europe/Berlin", true],
  ["platform", "is", "TWITTER", true],
  ["platform", "is", "EMAIL", false],
  ["username", "is", "@Alice", true],
  ["email", "contains", "@example.com", true],
];

const lists: Row[] = [
  ["tags", "is", "vip", true],
  ["tags", "is", "vi", false],
  ["tags", "is_not", "vip", false],
  ["tags", "is_not", "gone", true],
  ["tags", "contains", "beta", true],
  ["tags", "contains", "bet", false],
  ["tags", "not_contains", "beta", false],
  ["tags", "not_contains", "bet", true],
  ["tags", "exists", undefined, true],
  ["tags", "not_exists", undefined, false],
  ["tags", "gt", "a", false],
  ["tags", "gte", "a", false],
  ["tags", "lt", "z", false],
  ["tags", "lte", "z", false],
  ["customFields.skills", "contains", "rust", true],
  ["customFields.skills", "contains", "ru", false],
  ["customFields.skills", "is", "go", true],
];

const numbers: Row[] = [
  ["customFields.seats", "is", 12, true],
  ["customFields.seats", "is", "12", true],
  ["customFields.seats", "is_not", 12, false],
  ["customFields.seats", "is_not", 13, true],
  ["customFields.seats", "gt", 9, true],
  ["customFields.seats", "gt", "9", true],
  ["customFields.seats", "gt", 12, false],
  ["customFields.seats", "gte", 12, true],
  ["customFields.seats", "lt", 12, false],
  ["customFields.seats", "lt", 100, true],
  ["customFields.seats", "lte", 12, true],
  ["customFields.seats", "lte", 11, false],
  ["customFields.seats", "contains", "1", false],
  ["customFields.seats", "not_contains", "1", true],
  ["customFields.score", "gt", 8, true],
  ["customFields.score", "lt", 10, true],
  ["customFields.seats", "exists", undefined, true],
];

const truths: Row[] = [
  ["customFields.active", "is", true, true],
  ["customFields.active", "is", "true", true],
  ["customFields.active", "is", false, false],
  ["customFields.active", "is_not", false, true],
  ["customFields.active", "exists", undefined, true],
];

const absent: Row[] = [
  ["customFields.none", "is", "x", false],
  ["customFields.none", "is", null, true],
  ["customFields.none", "is_not", "x", true],
  ["customFields.none", "contains", "x", false],
  ["customFields.none", "not_contains", "x", true],
  ["customFields.none", "exists", undefined, false],
  ["customFields.none", "not_exists", undefined, true],
  ["customFields.none", "gt", 0, false],
  ["customFields.none", "gte", 0, false],
  ["customFields.none", "lt", 1, false],
  ["customFields.none", "lte", 1, false],
  ["customFields.empty", "exists", undefined, false],
  ["customFields.empty", "not_exists", undefined, true],
  ["customFields.empty", "lt", 1, false],
  ["customFields.seats", "gt", null, false],
  ["customFields.constructor", "exists", undefined, false],
  ["customFields.__proto__", "exists", undefined, false],
];

describe("every operator", () => {
  const told = [...texts, ...lists, ...numbers, ...truths, ...absent];

  test.each(told)("%s %s %s -> %s", (field, op, value, met) => {
    expect(holds(field, op, value)).toBe(met);
  });

  test.each(PLAIN_FIELDS.filter((field) => field !== "platform" && field !== "lastName"))(
    "a contact without %s -> it does not exist",
    (field) => {
      expect(holds(field, "exists", undefined, bare)).toBe(false);
      expect(holds(field, "not_exists", undefined, bare)).toBe(true);
    },
  );

  test("ISO dates -> compared letter by letter, which is by time", () => {
    const contact = { ...alice, customFields: { since: "2026-03-01" } };
    expect(holds("customFields.since", "gt", "2025-12-31", contact)).toBe(true);
    expect(holds("customFields.since", "lt", "2026-03-02", contact)).toBe(true);
    expect(holds("customFields.since", "lt", "2026-03-01", contact)).toBe(false);
  });

  test("username -> the address on the platform of the sequence", () => {
    expect(meets({ field: "username", op: "is", value: "Alice@Example.com" }, alice, "EMAIL")).toBe(true);
    expect(meets({ field: "username", op: "exists" }, alice, "SMS")).toBe(false);
  });
});

describe("rules", () => {
  const vip: Condition = { field: "tags", op: "is", value: "vip" };
  const bob: Condition = { field: "firstName", op: "is", value: "Bob" };
  const rich: Condition = { field: "customFields.seats", op: "gt", value: 100 };

  test.each([
    ["all", [vip], null],
    ["all", [vip, bob, rich], bob],
    ["all", [rich, bob], rich],
    ["any", [vip, bob], null],
    ["any", [bob, vip], null],
    ["any", [bob, rich], rich],
    ["any", [], null],
  ] as const)("%s of %j -> kept out by %j", (match, conditions, unmet) => {
    expect(firstUnmet({ match, conditions: [...conditions] }, alice, "TWITTER")).toEqual(unmet);
  });

  test("no rules -> everybody is let in", () => {
    expect(firstUnmet(NO_RULES, bare, "EMAIL")).toBeNull();
  });

  test.each([
    ["tags", true],
    ["customFields.plan", true],
    ["customFields.", false],
    ["customFields.a.b", false],
    ["customFields.a b", false],
    [`customFields.${"x".repeat(101)}`, false],
    ["password", false],
    ["toString", false],
  ])("the field %s -> known: %s", (field, known) => {
    expect(isField(field)).toBe(known);
  });

  test("every operator but exists and not_exists -> takes a value", () => {
    expect(OPERATORS.filter((op) => !takesValue(op))).toEqual(["exists", "not_exists"]);
  });

  test("a condition as a person would say it", () => {
    expect(say(vip)).toBe('tags is "vip"');
    expect(say({ field: "email", op: "not_exists" })).toBe("email not exists");
    expect(say({ field: "tags", op: "not_contains" })).toBe("tags not contains null");
  });
});
