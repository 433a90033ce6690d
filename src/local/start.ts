/** `npm start`: the service on this machine, its state made ready, and a word on what to try next. */

import { isFree, startServer } from "./server.ts";
import { wayIn } from "./signin.ts";
import { prepareState } from "./state.ts";
import { watch } from "./watch.ts";

const { PORT = "8787", DRIPLINE_STATE = ".wrangler/state", DRIPLINE_KEY, CLOCK_SPEED = "1" } = process.env;
const { PUBLIC_URL = `http://127.0.0.1:${PORT}`, SMTP_URL, MAIL_FROM, REPLY_DOMAIN, DRIPLINE_OPERATOR } = process.env;
const { RATE_LIMITS, ENROLLMENT_LIMITS, STEP_LIMIT, BODY_LIMIT, PAGE_LIMIT } = process.env;

// While the runtime starts, leaving is enough: it is ended with this process.
const leave = () => process.exit(0);
let stop: () => void = leave;
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => stop());

if (!(await isFree(Number(PORT)))) {
  console.error(`Port ${PORT} is taken, perhaps by an earlier run: stop it, or set PORT to another.`);
  process.exit(1);
}
console.log(`Making the local state ready in ${DRIPLINE_STATE} …`);
const { keys, secret, operator } = await prepareState(DRIPLINE_STATE, DRIPLINE_KEY);
const limits = { RATE_LIMITS, ENROLLMENT_LIMITS, STEP_LIMIT, BODY_LIMIT, PAGE_LIMIT };
const token = DRIPLINE_OPERATOR || operator;
const settings = { PUBLIC_URL, SMTP_URL, MAIL_FROM, REPLY_DOMAIN, DRIPLINE_OPERATOR: token, ...limits };
const options = { port: Number(PORT), state: DRIPLINE_STATE, secret, clockSpeed: CLOCK_SPEED, settings };
let stopping = false;

// Killed without a word, npm leaves this process behind: then it stops too, and the port is free again.
const parent = process.ppid;
setInterval(() => process.ppid === parent || stop(), 500).unref();

for (let starts = 0; !stopping; starts++) {
  const server = await startServer({ ...options, args: process.argv.slice(2) });
  stop = () => {
    stopping = true;
    void server.stop();
  };
  if (starts === 0) greet(server.url, await wayIn(server.url, token));
  void watch(server);
  await server.gone;
  stop = leave;
  if (!stopping && !(await isFree(options.port)))
    throw new Error(`port ${PORT} is still held by what is left of the runtime`);
  // The state is whole whenever the runtime stops, so what fell over is simply started again.
  if (!stopping) console.error("The runtime stopped by itself; it is started again.");
}
process.exit(0);

/** Never with what signs in: it may stand on a screen that others see. */
function wayOfMails(): string {
  if (!SMTP_URL || !URL.canParse(SMTP_URL)) {
    return "Mails stay in the outbox; to see them arrive, set SMTP_URL=smtp://127.0.0.1:1025 for a mail catcher.";
  }
  return `Mails leave by ${new URL(SMTP_URL).host}.`;
}

/** The link is made anew at each start, and is worth nothing once it was followed. */
function wayToPages(url: string, link: string | null): string {
  if (link === null) return `Open ${url} and sign in with the key.`;
  return `Open ${link}
It signs one browser in, once, within ten minutes; npm run admin -- users sign-in ws_1 user_1 makes another.`;
}

function greet(url: string, link: string | null): void {
  const [key] = keys;
  console.log(`
Dripline runs at ${url}, with the clock at ${CLOCK_SPEED}×.
${wayToPages(url, link)}

Your API key: ${key}${keys.length > 1 ? ` (and ${keys.length - 1} more)` : ""}
${wayOfMails()}

Try next:
  curl ${url}/v1/auth/me -H "Authorization: Bearer ${key}"
  curl -X POST ${url}/v1/sequences -H "Authorization: Bearer ${key}" \\
    -H "Content-Type: application/json" -d '{ "name": "Onboarding Flow" }'
  npm run admin -- workspaces list
`);
}
