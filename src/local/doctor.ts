/** Knows how to have the whole mirror examined, page by page, and to tell what was found. */
import { parseArgs } from "node:util";

const USAGE = `npm run doctor -- [--url https://drip.example.com] [--workspace ws_1] [--repair]

Examines every journey of the service at --url (or DRIPLINE_URL), and with --repair puts right what is wrong.
The operator's token is read from DRIPLINE_OPERATOR. Ends with 1 where something is wrong and was not put right.`;

interface Finding {
  enrollment: number;
  workspaceId: number;
  ailments: string[];
  repaired: boolean | null;
}

interface Report {
  seen: number;
  findings: Finding[];
  next: number | null;
}

const { url = process.env.DRIPLINE_URL, workspace, repair, help } = options();
const token = process.env.DRIPLINE_OPERATOR;
if (help || !url || !token) {
  console.log(USAGE);
  process.exit(help ? 0 : 2);
}

let [seen, sick, mended] = [0, 0, 0];
for (let after: number | null = 0; after !== null; ) {
  const report: Report = await examine(url, token, after);
  for (const { enrollment, workspaceId, ailments, repaired } of report.findings) {
    const done = repaired === null ? "" : repaired ? ": put right" : ": could not be put right";
    console.log(`ws_${workspaceId} enroll_${enrollment} is ${ailments.join(", ")}${done}`);
    mended += repaired ? 1 : 0;
  }
  seen += report.seen;
  sick += report.findings.length;
  after = report.next;
}
console.log(
  `${seen} journeys were examined: ${sick} were not well${repair ? `, ${mended} of them were put right` : ""}.`,
);
process.exitCode = sick > mended ? 1 : 0;

async function examine(base: string, operator: string, after: number): Promise<Report> {
  const query = new URLSearchParams({
    after: String(after),
    repair: String(repair),
    ...(workspace ? { workspace } : {}),
  });
  const response = await fetch(new URL(`/admin/doctor?${query}`, base), {
    method: "POST",
    headers: { authorization: `Bearer ${operator}` },
  });
  if (response.ok) return (await response.json()) as Report;
  console.error(`${base} answered ${response.status}: ${await response.text()}`);
  process.exit(2);
}

function options() {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      workspace: { type: "string" },
      repair: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return values;
}
