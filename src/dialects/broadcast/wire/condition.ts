/** Knows what a condition asks as Broadcast writes and reads it: four settings of theirs, three of ours. */
import { OPERATORS, type Operator, type Scalar, takesValue } from "../../../domain/condition";
import type { Test } from "../../../domain/step";
import type { Fields, Form } from "./parse";

const MESSAGE_SETTINGS = [
  "any_email_opened",
  "previous_email_opened",
  "any_email_clicked",
  "previous_email_clicked",
] as const;
export const SETTINGS = [...MESSAGE_SETTINGS, "has_replied", "has_tag", "contact_field"] as const;
type Setting = (typeof SETTINGS)[number];

export interface GivenTest {
  condition_setting?: Setting | undefined;
  tag?: string | undefined;
  field?: string | undefined;
  op?: Operator | undefined;
  value?: Scalar | undefined;
}

function settingOf(test: Test): Setting {
  switch (test.on) {
    case "message":
      return `${test.which}_email_${test.fact}`;
    case "reply":
      return "has_replied";
    case "tag":
      return "has_tag";
    case "contact":
      return "contact_field";
  }
}

/** The fields that belong to the setting, and those it needs that are not there yet. */
export function formOfTest(given: Fields, present: Test | null): Form {
  const setting = given.condition_setting ?? (present && settingOf(present));
  switch (setting) {
    case "has_tag":
      return { fields: ["tag"], needed: present?.on === "tag" ? [] : ["tag"] };
    case "contact_field": {
      const before = present?.on === "contact" ? present.condition : null;
      const op = OPERATORS.find((one) => one === given.op) ?? before?.op;
      const value = op !== undefined && takesValue(op) ? ["value"] : [];
      const needed = before ? [] : ["field", "op"];
      return {
        fields: ["field", "op", ...value],
        needed: before?.value === undefined ? [...needed, ...value] : needed,
      };
    }
    default:
      return { fields: [], needed: [] };
  }
}

export function testAfter(present: Test, given: GivenTest): Test {
  const setting = given.condition_setting ?? settingOf(present);
  switch (setting) {
    case "any_email_opened":
      return { on: "message", fact: "opened", which: "any" };
    case "previous_email_opened":
      return { on: "message", fact: "opened", which: "previous" };
    case "any_email_clicked":
      return { on: "message", fact: "clicked", which: "any" };
    case "previous_email_clicked":
      return { on: "message", fact: "clicked", which: "previous" };
    case "has_replied":
      return { on: "reply" };
    case "has_tag":
      return { on: "tag", tag: given.tag ?? (present.on === "tag" ? present.tag : "") };
    case "contact_field":
      return { on: "contact", condition: conditionAfter(present, given) };
  }
}

function conditionAfter(present: Test, given: GivenTest) {
  const before = present.on === "contact" ? present.condition : null;
  const field = given.field ?? before?.field ?? "";
  const op = given.op ?? before?.op ?? "is";
  return takesValue(op) ? { field, op, value: given.value ?? before?.value } : { field, op };
}

export function showTest(test: Test) {
  const condition_setting = settingOf(test);
  switch (test.on) {
    case "message":
    case "reply":
      return { condition_setting };
    case "tag":
      return { condition_setting, tag: test.tag };
    case "contact": {
      const { field, op, value = null } = test.condition;
      return { condition_setting, field, op, value };
    }
  }
}
