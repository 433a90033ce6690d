/** Knows how to wait for what must not take too long. A timer that is left behind would keep the object awake, and billed. */

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

/** Aborts what was begun when the time is up. `AbortSignal.timeout` would go on counting after the answer has come. */
export async function abortedAfter<T>(milliseconds: number, doing: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  try {
    return await within(milliseconds, doing(controller.signal));
  } catch (error) {
    controller.abort(error);
    throw error;
  }
}
