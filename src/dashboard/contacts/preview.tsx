/** Knows what is shown of a file before it is imported: what each column becomes, and which of its first rows would be refused. */
import { refusalOf } from "../../dialects/v1/errors";
import type { Entry } from "../../domain/candidate";
import { assign, fieldOf } from "../../domain/columns";
import { contactFile } from "../../domain/contactfile";
import { type CsvRecord, csvReader } from "../../domain/csv";
import { type Failure, ok, type Result } from "../../domain/failure";
import { PLATFORMS, type Platform } from "../../domain/platform";
import type { Option } from "../kit/fields";
import { platformCalled } from "./who";

interface Props {
  /** The beginning of the file, up to the end of a line. */
  text: string;
  platform: Platform;
  mapping: Readonly<Record<string, string>>;
}

const EXAMPLES = 3;
const LONGEST_EXAMPLE = 60;
const MOST_COLUMNS = 50;
const MOST_FAULTS = 5;

export function Preview({ text, platform, mapping }: Props) {
  const read = recordsIn(text);
  if (!read.ok) return <Wrong failure={read.failure} />;
  const [header, ...rows] = read.value;
  if (!header) return <p class="fault">The file is empty.</p>;
  const names = header.cells.map((name) => name.trim());
  const assigned = assign(header.cells, { platform, mapping });
  const fields = assigned.ok ? assigned.value.map(fieldOf) : names.map((name) => mapping[name] ?? "ignore");
  const entries = entriesIn(text, { platform, mapping });
  return (
    <>
      <h3>What its columns become</h3>
      <div class="table">
        <table>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Becomes</th>
            </tr>
          </thead>
          <tbody>
            {names.slice(0, MOST_COLUMNS).map((name, i) => (
              <tr>
                <td>
                  <strong>{name || <span class="none">without a name</span>}</strong>
                  <Examples of={rows.slice(0, EXAMPLES).map(({ cells }) => cells[i] ?? "")} />
                </td>
                <td>{name !== "" && <Purpose name={name} field={fields[i] ?? "ignore"} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {names.length > MOST_COLUMNS && (
        <p class="hint">The other {names.length - MOST_COLUMNS} columns become what their names say.</p>
      )}
      {entries.ok ? <Faults of={entries.value} /> : <Wrong failure={entries.failure} />}
    </>
  );
}

function recordsIn(text: string): Result<CsvRecord[]> {
  const reader = csvReader(null);
  const begun = reader.push(text);
  const rest = begun.ok ? reader.end() : begun;
  return begun.ok && rest.ok ? ok([...begun.value, ...rest.value]) : rest;
}

function entriesIn(text: string, options: Omit<Props, "text">): Result<Entry[]> {
  const file = contactFile({ ...options, delimiter: null });
  const begun = file.push(text);
  const rest = begun.ok ? file.end() : begun;
  return begun.ok && rest.ok ? ok([...begun.value, ...rest.value]) : rest;
}

const FIELDS: readonly Option[] = [
  ["ignore", "Nothing: leave it out"],
  ["displayName", "Display name"],
  ["firstName", "First name"],
  ["lastName", "Last name"],
  ["timezone", "Time zone"],
  ["tags", "Tags"],
  ["avatarUrl", "Picture (a link)"],
];
const ADDRESSES: readonly Option[] = PLATFORMS.map((one) => [one.toLowerCase(), `Address: ${platformCalled(one)}`]);

function Purpose({ name, field }: { name: string; field: string }) {
  const own = /^customFields\.(.+)$/.exec(field)?.[1] ?? name.replace(/[.\s]+/gu, "_").slice(0, 100);
  const options: Option[] = [...FIELDS, ...ADDRESSES, [`customFields.${own}`, `Field of your own: ${own}`]];
  return (
    <select data-column={name} aria-label={`What the column ${name} becomes`}>
      {options.map(([value, words]) => (
        <option value={value} selected={value === field}>
          {words}
        </option>
      ))}
    </select>
  );
}

function Examples({ of }: { of: readonly string[] }) {
  const said = of.map((cell) => cell.trim()).filter((cell) => cell !== "");
  const short = said.map((cell) => (cell.length > LONGEST_EXAMPLE ? `${cell.slice(0, LONGEST_EXAMPLE)}…` : cell));
  return <p class="hint">{short.length === 0 ? "empty" : short.join(" · ")}</p>;
}

function Faults({ of }: { of: readonly Entry[] }) {
  const refused = of.flatMap((entry) => ("failure" in entry ? [entry] : []));
  if (refused.length === 0) return <p class="hint">The first {of.length.toLocaleString("en")} rows are all right.</p>;
  return (
    <>
      <p class="fault">
        Of the first {of.length.toLocaleString("en")} rows {refused.length.toLocaleString("en")} would be refused:
      </p>
      <ul>
        {refused.slice(0, MOST_FAULTS).map(({ row, failure }) => (
          <li>
            Row {row}: {refusalOf(failure).message}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What programs call the body is here the file. */
function Wrong({ failure }: { failure: Failure }) {
  const { message } = refusalOf(failure);
  return <p class="fault">{message.replace(/^body /, "The file ").replace(/^mapping /, "The choice ")}</p>;
}
