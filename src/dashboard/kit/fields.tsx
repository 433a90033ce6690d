/** Knows the fields of forms: what each is called, what was entered before, and what was wrong with it. */
import type { Child, PropsWithChildren } from "hono/jsx";
import { entered, type Fields } from "./form";
import type { Fault, Faulty } from "./page";

/** One field of a form with its label, a hint, and what was wrong with it. */
export function Field({
  name,
  label,
  hint,
  fault,
  children,
}: PropsWithChildren<{ name: string; label: string; hint?: Child; fault?: Fault | undefined }>) {
  const wrong = fault?.field === name ? inWords(fault.message, name, label) : null;
  return (
    <div class={wrong ? "field wrong" : "field"}>
      <label for={name}>{label}</label>
      {children}
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {wrong && (
        <p class="fault" id={`${name}-fault`} role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}

/** What the API calls by a field's name is called here as the form calls it. */
function inWords(message: string, name: string, label: string): string {
  return message.startsWith(`${name} `) ? `${label} ${message.slice(name.length + 1)}` : message;
}

interface InputProps {
  name: string;
  label: string;
  value?: string | number | null;
  hint?: Child;
  faulty?: Faulty | undefined;
  type?: string;
  required?: boolean;
  /** Further attributes of the element. */
  more?: Record<string, unknown>;
}

/** A field of one line that shows what was entered before. */
export function Input({
  name,
  label,
  value = "",
  hint,
  faulty,
  type = "text",
  required = false,
  more = {},
}: InputProps) {
  return (
    <Field name={name} label={label} hint={hint} fault={faulty?.fault}>
      <input
        id={name}
        name={name}
        type={type}
        value={kept(faulty, name, value)}
        required={required}
        {...told(name, hint, faulty)}
        {...more}
      />
    </Field>
  );
}

export function TextArea({ name, label, value = "", hint, faulty, required = false, more = {} }: InputProps) {
  return (
    <Field name={name} label={label} hint={hint} fault={faulty?.fault}>
      <textarea id={name} name={name} required={required} {...told(name, hint, faulty)} {...more}>
        {kept(faulty, name, value)}
      </textarea>
    </Field>
  );
}

export type Option = readonly [value: string, label: string];

export function Select({
  name,
  label,
  value = "",
  hint,
  faulty,
  options,
  more = {},
}: InputProps & { options: readonly Option[] }) {
  const chosen = kept(faulty, name, value);
  return (
    <Field name={name} label={label} hint={hint} fault={faulty?.fault}>
      <select id={name} name={name} {...told(name, hint, faulty)} {...more}>
        {options.map(([one, words]) => (
          <option value={one} selected={one === chosen}>
            {words}
          </option>
        ))}
      </select>
    </Field>
  );
}

export function Tick({
  name,
  label,
  value = false,
  faulty,
}: {
  name: string;
  label: string;
  value?: boolean;
  faulty?: Faulty | undefined;
}) {
  const checked = faulty ? entered(faulty.fields, name) !== undefined : value;
  return (
    <label class="tick">
      <input type="checkbox" name={name} checked={checked} /> {label}
    </label>
  );
}

function kept(faulty: { fields: Fields } | undefined, name: string, value: string | number | null): string {
  return faulty ? (entered(faulty.fields, name) ?? "") : String(value ?? "");
}

function told(name: string, hint: Child, faulty: Faulty | undefined) {
  const wrong = faulty?.fault.field === name;
  const by = [hint ? `${name}-hint` : "", wrong ? `${name}-fault` : ""].filter((id) => id !== "").join(" ");
  return { ...(by === "" ? {} : { "aria-describedby": by }), ...(wrong ? { "aria-invalid": "true" } : {}) };
}

/** What was wrong with a form where it is about none of its fields. */
export function Trouble({ faulty, fields = [] }: { faulty: Faulty | undefined; fields?: readonly string[] }) {
  if (!faulty || (faulty.fault.field !== null && fields.includes(faulty.fault.field))) return null;
  return (
    <p class="said refused" role="alert">
      {faulty.fault.message}
    </p>
  );
}
