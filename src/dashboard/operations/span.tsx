/** Knows how so many in so long are entered and told. */
import { Input, Select } from "../kit/fields";
import { entered, type Fields } from "../kit/form";
import type { Faulty } from "../kit/page";

/** At most so many messages in so many seconds. */
interface Span {
  messages: number;
  seconds: number;
}

const UNITS = [
  [86_400, "days"],
  [3600, "hours"],
  [60, "minutes"],
  [1, "seconds"],
] as const;

/** The largest unit of which it is so many. */
function unitOf(seconds: number): readonly [number, string] {
  return UNITS.find(([unit]) => seconds % unit === 0) ?? [1, "seconds"];
}

interface SpanProps {
  name: string;
  legend: string;
  hint: string;
  value: Span | null;
  faulty: Faulty | undefined;
}

export function SpanFields({ name, legend, hint, value, faulty }: SpanProps) {
  const [unit] = unitOf(value?.seconds ?? 3600);
  const number = { type: "number", faulty, more: { min: 1, inputmode: "numeric" } };
  return (
    <fieldset class="boxes">
      <legend>{legend}</legend>
      <p class="hint">{hint}</p>
      <div class="beside">
        <Input name={`${name}.messages`} label="At most so many" value={value?.messages ?? ""} {...number} />
        <Input name={`${name}.seconds`} label="Within" value={value ? value.seconds / unit : ""} {...number} />
        <Select
          name={`${name}.unit`}
          label="Unit"
          value={String(unit)}
          options={UNITS.map(([seconds, label]) => [String(seconds), label])}
          faulty={faulty}
        />
      </div>
    </fieldset>
  );
}

/** As v1 takes it; where both fields are empty there is none. */
export function spanIn(fields: Fields, name: string) {
  const [messages, every] = [wholeIn(fields, `${name}.messages`), wholeIn(fields, `${name}.seconds`)];
  if (messages === undefined && every === undefined) return null;
  const unit = wholeIn(fields, `${name}.unit`);
  const seconds = typeof every === "number" && typeof unit === "number" ? every * unit : every;
  return { messages, seconds };
}

/** A number where it is one, what was entered where it is none, and nothing where there is nothing. */
export function wholeIn(fields: Fields, name: string): number | string | undefined {
  const text = textIn(fields, name);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

export function textIn(fields: Fields, name: string): string | undefined {
  return entered(fields, name)?.trim() || undefined;
}

/** `20 in 1 hour`. */
export function spanInWords({ messages, seconds }: Span): string {
  const [unit, name] = unitOf(seconds);
  const n = seconds / unit;
  return `${messages.toLocaleString("en")} in ${n} ${n === 1 ? name.slice(0, -1) : name}`;
}
