import { live } from './live.js';

const MOST_POINTS = 360;

/** All that the server does, at a glance, as it was told last. Tells `change`. */
class Glance extends EventTarget {
  /** As `GET /api/overview` has it; null while nothing was told. */
  now = null;

  constructor() {
    super();
    live.addEventListener('overview', ({ detail }) => this.#set({ ...this.now, ...detail }));
    live.addEventListener('point', ({ detail }) => this.#add(detail));
  }

  #add(point) {
    const { history } = this.now;
    this.#set({ ...this.now, history: { ...history, points: [...history.points, point].slice(-MOST_POINTS) } });
  }

  #set(now) {
    this.now = now;
    this.dispatchEvent(new Event('change'));
  }
}

export const glance = new Glance();
