/** What time it is at the server, and a `tick` each second for whoever counts down. */
class Clock extends EventTarget {
  /** How far the server's clock is ahead of ours, in milliseconds, as far as it is known. */
  #ahead = 0;

  constructor() {
    super();
    setInterval(() => this.dispatchEvent(new Event('tick')), 1000);
  }

  now() {
    return Date.now() + this.#ahead;
  }

  /**
   * Learns from the date of an answer, which is in whole seconds and may be a second old already.
   * A difference that this explains is none.
   */
  hear(date, asked) {
    const then = Date.parse(date ?? '');
    if (!Number.isNaN(then)) {
      this.#ahead = Math.min(Math.max(this.#ahead, then - Date.now()), then + 2000 - asked);
    }
  }
}

export const clock = new Clock();
