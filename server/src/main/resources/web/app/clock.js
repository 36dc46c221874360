/** The server's clock. Fires `tick` every second, for countdowns. */
class Clock extends EventTarget {
  /** How far the server's clock is ahead of the browser's, in milliseconds; an estimate. */
  #offset = 0;

  constructor() {
    super();
    setInterval(() => this.dispatchEvent(new Event('tick')), 1000);
  }

  now() {
    return Date.now() + this.#offset;
  }

  /**
   * Adjusts the estimate by a response's `Date`, which has whole seconds and may be a second old.
   * Differences within that error are ignored.
   */
  synchronize(date, requestedAt) {
    const then = Date.parse(date ?? '');
    if (!Number.isNaN(then)) {
      this.#offset = Math.min(Math.max(this.#offset, then - Date.now()), then + 2000 - requestedAt);
    }
  }
}

export const clock = new Clock();
