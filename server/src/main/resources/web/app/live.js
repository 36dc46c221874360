/**
 * What happens to batches, as the server tells it: `progress`, `query`, `gone`, and `link` when the
 * connection comes or goes. After a gap, listeners hear `link` and should look for themselves.
 */
class Live extends EventTarget {
  /** Whether what is shown is what is. */
  online = false;

  #source = null;
  #timer = 0;

  start() {
    this.stop();
    const source = new EventSource('/api/admin/warming/events');
    this.#source = source;
    source.onopen = () => this.#link(true);
    source.onerror = () => this.#lost(source);
    for (const name of ['progress', 'paused', 'complete']) {
      source.addEventListener(name, (event) => this.#tell('progress', event, name));
    }
    source.addEventListener('query', (event) => this.#tell('query', event));
    source.addEventListener('deleted', (event) => this.#tell('gone', event));
  }

  stop() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** The browser tries again by itself after a cut, but gives up when it is refused. */
  #lost(source) {
    this.#link(false);
    if (source.readyState === EventSource.CLOSED && source === this.#source) {
      this.#timer = setTimeout(() => this.start(), 3000);
    }
  }

  #link(online) {
    const changed = this.online !== online;
    this.online = online;
    if (changed || online) {
      this.dispatchEvent(new CustomEvent('link', { detail: { online } }));
    }
  }

  #tell(name, event, kind = name) {
    this.dispatchEvent(new CustomEvent(name, { detail: { ...JSON.parse(event.data), kind } }));
  }
}

export const live = new Live();
