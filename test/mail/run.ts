/** Runs the tests of mail that need a server of their own, side by side; each says what it saw when it is done. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

async function run(name: string): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, name)], { stdio: ["ignore", "pipe", "inherit"] });
  let told = "";
  child.stdout.on("data", (some: Buffer) => {
    told += some.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  console.log(`\n${name}\n${told}`);
  return code ?? 1;
}

const codes = await Promise.all(["story.ts", "limit.ts"].map(run));
process.exit(Math.max(...codes));
