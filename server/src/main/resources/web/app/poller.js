/**
 * Loads data now and again a while after each response, until it is stopped; pauses while the page is hidden.
 * A response that a newer request has overtaken is dropped.
 */
export class Poller {
  #millis;
  #load;
  #show;
  #request = 0;
  #timer = 0;
  #onVisible = () => document.hidden || this.poll();

  /**
   * @param load returns a promise of the data
   * @param show called with the data, or with null and the problem
   */
  constructor(millis, load, show) {
    this.#millis = millis;
    this.#load = load;
    this.#show = show;
  }

  /** Loads now; the response to a pending request is dropped. */
  async poll() {
    this.stop();
    document.addEventListener('visibilitychange', this.#onVisible);
    const request = this.#request;
    const [data, problem] = await this.#load().then((data) => [data, null], (failure) => [null, failure]);
    if (request === this.#request) {
      this.#show(data, problem);
      this.#timer = setTimeout(this.#onVisible, this.#millis);
    }
  }

  stop() {
    document.removeEventListener('visibilitychange', this.#onVisible);
    clearTimeout(this.#timer);
    this.#request++;
  }
}
