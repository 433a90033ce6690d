/** Knows how long to wait for what takes no time limit itself. */

/** Rejects when the time is up; what was waited for is then the caller's to stop. */
export async function within<T>(milliseconds: number, doing: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error(`no answer within ${milliseconds / 1000} s`), { code: "ETIMEDOUT" });
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([doing, late]);
  } finally {
    clearTimeout(timer);
  }
}
