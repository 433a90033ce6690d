/** Knows the operator's commands: what each takes, what it asks of `/admin`, and how its answer is told. */
import { ok, type Result, refuse } from "../domain/failure.ts";
import { change, durationOf, type Given, OPTIONS, type OptionName, own, readWords } from "./options.ts";
import { fields, type Json, table } from "./tell.ts";

/** Exit codes, besides 0: the server has refused, it was asked for wrongly, or nobody has answered. */
export const REFUSED = 1;
export const MISUSED = 2;
export const UNANSWERED = 3;

export interface Fault {
  code: typeof REFUSED | typeof MISUSED | typeof UNANSWERED;
  message: string;
}

export type Told<T> = Result<T, Fault>;

/** Asks the server; what it refuses with comes back as a fault. */
export type Ask = (method: string, path: string, body?: object) => Promise<Told<Json>>;

interface Command {
  /** What it is called by, and the names of what follows. */
  words: string;
  about: string;
  options?: readonly OptionName[];
  needs?: OptionName;
  run: (ask: Ask, places: string[], given: Given) => Promise<Told<Json>>;
  show: (answer: Json) => string;
}

const WORKSPACE = ["id", "name", "plan", "paused", "locked", "createdAt"];
const USER = ["id", "name", "email", "locked", "createdAt"];
const KEY = ["id", "name", "prefix", "scopes", "expiresAt", "lastUsedAt", "successorId"];

/** The longest that one answer tells. */
const LONGEST_PAGE = 100;

const at = (...parts: (string | undefined)[]) => parts.map((part) => `/${encodeURIComponent(part ?? "")}`).join("");
const usersOf = (workspace?: string) => at("workspaces", workspace, "users");
const keysOf = (workspace?: string, user?: string) => `${usersOf(workspace)}${at(user ?? "", "keys")}`;
const paged = ({ page = "1" }: Given) => `?limit=${LONGEST_PAGE}&page=${encodeURIComponent(page)}`;

function list(noun: string, columns: string[]) {
  return (answer: Json) => {
    const { page, totalPages = 1, total } = answer.pagination ?? {};
    const more = totalPages > 1 ? `\n(page ${page} of ${totalPages}, ${total} in all)` : "";
    return `${table(answer[noun], columns)}${more}`;
  };
}

const told = ({ key, previous }: Json) => {
  const ends = previous ? `\nThe key before it, ${previous.id}, goes on until ${previous.expiresAt}.` : "";
  return `${key.key}\n\nThis is ${key.id}. It is told this once: keep it now.${ends}`;
};

const WORKSPACE_OPTIONS = ["name", "plan", "feature", "limit"] as const;

const COMMANDS: Command[] = [
  {
    words: "workspaces list",
    about: "All workspaces, the newest first",
    options: ["page"],
    run: (ask, _, given) => ask("GET", `/workspaces${paged(given)}`),
    show: list("workspaces", WORKSPACE),
  },
  {
    words: "workspaces create",
    about: "Makes a workspace, with its first user",
    options: WORKSPACE_OPTIONS,
    needs: "name",
    run: async (ask, _, given) => {
      const { name, plan } = given;
      const set = own(given, {});
      return set.ok
        ? ask("POST", "/workspaces", { name, ...(plan ? { plan } : {}), ...set.value })
        : misused(set.failure);
    },
    show: ({ workspace }) => fields(workspace),
  },
  {
    words: "workspaces show WORKSPACE",
    about: "A workspace: what holds for it, what of that is its own, and how much it uses",
    run: (ask, [workspace]) => ask("GET", at("workspaces", workspace)),
    show: ({ workspace }) => fields(workspace),
  },
  {
    words: "workspaces set WORKSPACE",
    about: "Changes what is named; `plan` as a value takes a feature or a limit of its own away",
    options: [...WORKSPACE_OPTIONS, "pause", "resume", "lock", "unlock"],
    run: async (ask, [workspace], given) => {
      const before = await ask("GET", at("workspaces", workspace));
      if (!before.ok) return before;
      const set = own(given, before.value.workspace.own);
      if (!set.ok) return misused(set.failure);
      return ask("PATCH", at("workspaces", workspace), { ...change(given), ...set.value });
    },
    show: ({ workspace }) => fields(workspace),
  },
  {
    words: "users list WORKSPACE",
    about: "The users of a workspace",
    options: ["page"],
    run: (ask, [workspace], given) => ask("GET", `${usersOf(workspace)}${paged(given)}`),
    show: list("users", USER),
  },
  {
    words: "users create WORKSPACE",
    about: "Brings somebody in",
    options: ["email", "name"],
    needs: "email",
    run: (ask, [workspace], given) => ask("POST", usersOf(workspace), change(given)),
    show: ({ user }) => fields(user),
  },
  {
    words: "users set WORKSPACE USER",
    about: "Changes what is named; none of a locked user's keys opens anything",
    options: ["email", "name", "lock", "unlock"],
    run: (ask, [workspace, user], given) => ask("PATCH", `${usersOf(workspace)}${at(user)}`, change(given)),
    show: ({ user }) => fields(user),
  },
  {
    words: "users sign-in WORKSPACE USER",
    about: "Makes a link that signs one browser in as a user, once, within ten minutes",
    run: (ask, [workspace, user]) => ask("POST", `${usersOf(workspace)}${at(user, "sign-in-links")}`),
    show: ({ signInLink: { url, userId, expiresAt } }) =>
      `${url}\n\nIt signs one browser in as ${userId}, once, until ${expiresAt}.`,
  },
  {
    words: "keys list WORKSPACE USER",
    about: "A user's keys",
    run: (ask, [workspace, user]) => ask("GET", keysOf(workspace, user)),
    show: list("keys", KEY),
  },
  {
    words: "keys create WORKSPACE USER",
    about: "Makes a key and tells it, this once; without scopes it may do everything",
    options: ["name", "scope", "expires"],
    run: (ask, [workspace, user], { name, scope, expires }) => {
      const said = { ...(name ? { name } : {}), ...(scope ? { scopes: scope } : {}) };
      return ask("POST", keysOf(workspace, user), { ...said, ...(expires ? { expiresAt: expires } : {}) });
    },
    show: told,
  },
  {
    words: "keys rotate WORKSPACE USER KEY",
    about: "Makes a key in place of another, which goes on for a day unless told otherwise",
    options: ["overlap"],
    run: async (ask, [workspace, user, key], { overlap }) => {
      const seconds = overlap === undefined ? undefined : durationOf(overlap);
      if (seconds === null) return misused("--overlap must be seconds, or such as 90m, 24h or 7d");
      const body = seconds === undefined ? {} : { overlapSeconds: seconds };
      return ask("POST", `${keysOf(workspace, user)}${at(key, "rotate")}`, body);
    },
    show: told,
  },
  {
    words: "keys revoke WORKSPACE USER KEY",
    about: "Takes a key away; within ten seconds it opens nothing any more",
    run: (ask, [workspace, user, key]) => ask("DELETE", `${keysOf(workspace, user)}${at(key)}`),
    show: () => "It is revoked.",
  },
];

export function help(): string {
  const lines = COMMANDS.flatMap(({ words, about, options = [], needs }) => {
    const said = options.map((name) => (name === needs ? OPTIONS[name].form : `[${OPTIONS[name].form}]`));
    return [`  ${[words, ...said].join(" ")}`, `      ${about}.`];
  });
  return `Usage: npm run admin -- COMMAND [--json]

${lines.join("\n")}

With --json the server's answer is told as it is. DRIPLINE_URL says where the server is (http://127.0.0.1:8787), and
DRIPLINE_OPERATOR is its operator's token; without it, that of the local state is taken.
It ends with 0 if all went well, with ${REFUSED} if the server refused, ${MISUSED} if it was asked for wrongly, ${UNANSWERED} if nobody answered.`;
}

function misused(message: string): { ok: false; failure: Fault } {
  return refuse({ code: MISUSED, message });
}

/** Does what the words ask for; what is told then is for people, unless they asked for JSON. */
export async function obey(words: readonly string[], ask: Ask): Promise<Told<string>> {
  const read = readWords(words);
  if (!read.ok) return misused(read.failure);
  const { places, given } = read.value;
  if (given.help || places.length === 0 || places[0] === "help") return ok(help());
  const called = places.slice(0, 2).join(" ");
  const command = COMMANDS.find(({ words }) => words.split(" ").slice(0, 2).join(" ") === called);
  if (!command) return misused(`there is no command "${places.join(" ")}"; --help tells them all`);
  const fault = faultIn(command, places, given);
  if (fault) return misused(fault);
  const answer = await command.run(ask, places.slice(2), given);
  if (!answer.ok) return answer;
  return ok(given.json ? JSON.stringify(answer.value, null, 2) : command.show(answer.value));
}

function faultIn({ words, options = [], needs }: Command, places: string[], given: Given): string | null {
  if (places.length !== words.split(" ").length) return `it is: ${words}`;
  const foreign = Object.keys(given).find((name) => name !== "json" && !options.some((one) => one === name));
  if (foreign !== undefined) return `"${words}" takes no --${foreign}`;
  if (needs !== undefined && given[needs] === undefined) return `"${words}" needs ${OPTIONS[needs].form}`;
  return null;
}
