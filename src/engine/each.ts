/** Knows how to go through many things, a bounded number at a time. */

const AT_A_TIME = 20;

export async function each<T>(items: readonly T[], deed: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await deed(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, items.length) }, worker));
}
