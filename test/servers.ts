/**
 * Runs the tests that need servers of their own. Mails mostly wait, so endpoints and pages are looked at beside them; what does
 * harm runs alone. Each says what it saw when it is done.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const BESIDE_EACH_OTHER = [["mail/run.ts"], ["webhooks/run.ts", "browser/run.ts"]];
const ALONE = "durability/run.ts --seed 7 --enrollments 150 --minutes 0.3 --kills 3";

async function run(command: string): Promise<number> {
  const [name = "", ...args] = command.split(" ");
  const began = Date.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, name), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let told = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (some: Buffer) => {
      told += some.toString();
    });
  }
  const [code] = (await once(child, "close")) as [number | null];
  console.log(`\n${command}, ${Math.round((Date.now() - began) / 1000)} s\n${told}`);
  return code ?? 1;
}

/** One after the other, up to the first that fails. */
async function runAll(commands: readonly string[]): Promise<number> {
  for (const command of commands) {
    const code = await run(command);
    if (code !== 0) return code;
  }
  return 0;
}

const codes = await Promise.all(BESIDE_EACH_OTHER.map(runAll));
process.exit(Math.max(...codes) || (await run(ALONE)));
