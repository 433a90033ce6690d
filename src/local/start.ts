/** `npm start`: the service on this machine, its state made ready, and a word on what to try next. */

import { isFree, startServer } from "./server.ts";
import { prepareState } from "./state.ts";

const { PORT = "8787", DRIPLINE_STATE = ".wrangler/state", DRIPLINE_KEY, CLOCK_SPEED = "1" } = process.env;

let stop: () => void = () => process.exit(0);
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => stop());

if (!(await isFree(Number(PORT)))) {
  console.error(`Port ${PORT} is taken, perhaps by an earlier run: stop it, or set PORT to another.`);
  process.exit(1);
}
console.log(`Making the local state ready in ${DRIPLINE_STATE} …`);
const { keys, secret } = prepareState(DRIPLINE_STATE, DRIPLINE_KEY);
const options = { port: Number(PORT), state: DRIPLINE_STATE, secret, clockSpeed: CLOCK_SPEED };
const server = await startServer({ ...options, args: process.argv.slice(2) });
let stopping = false;
stop = () => {
  if (stopping) return;
  stopping = true;
  void server.stop().then(() => process.exit(0));
};

// Killed without a word, npm leaves this process behind: then it stops too, and the port is free again.
const parent = process.ppid;
setInterval(() => process.ppid === parent || stop(), 500).unref();

const [key] = keys;
console.log(`
Dripline runs at ${server.url}, with the clock at ${CLOCK_SPEED}×.
Your API key: ${key}${keys.length > 1 ? ` (and ${keys.length - 1} more)` : ""}

Try next:
  curl ${server.url}/v1/auth/me -H "Authorization: Bearer ${key}"
  curl -X POST ${server.url}/v1/sequences -H "Authorization: Bearer ${key}" \\
    -H "Content-Type: application/json" -d '{ "name": "Onboarding Flow" }'
`);

const code = await server.gone;
process.exit(stopping ? 0 : code);
