import { serverEvents } from './events.js';

const MAX_POINTS = 360;

/** The overview, kept up to date by server-sent events. Fires `change`. */
class OverviewStore extends EventTarget {
  /** The latest overview, as in `GET /api/overview`; null before the first event. */
  latest = null;

  constructor() {
    super();
    serverEvents.addEventListener('overview', ({ detail }) => this.#set({ ...this.latest, ...detail }));
    serverEvents.addEventListener('point', ({ detail }) => this.#add(detail));
  }

  #add(point) {
    const { history } = this.latest;
    this.#set({ ...this.latest, history: { ...history, points: [...history.points, point].slice(-MAX_POINTS) } });
  }

  #set(overview) {
    this.latest = overview;
    this.dispatchEvent(new Event('change'));
  }
}

export const overviewStore = new OverviewStore();
