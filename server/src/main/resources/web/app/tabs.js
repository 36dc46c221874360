const KEY = 'stoker.tabs';

/** Told when another window has changed the tabs. */
export const TABS = 'tabs';

/**
 * Which conversations this browser holds open: `{ id, title, model }`. They are kept in the browser,
 * for all windows.
 */
class Tabs extends EventTarget {
  #all = read() ?? [];

  constructor() {
    super();
    addEventListener('storage', ({ key }) => {
      if (key === KEY || key === null) {
        this.#all = read() ?? [];
        this.dispatchEvent(new Event(TABS));
      }
    });
  }

  get all() {
    return this.#all;
  }

  find(id) {
    return this.#all.find((tab) => tab.id === id);
  }

  /** Adds a tab, unless it is there. */
  add(id) {
    if (!this.find(id)) {
      this.#write((tabs) => [...tabs, { id, title: '', model: '' }]);
    }
  }

  /** Changes a tab, if that makes a difference. */
  change(id, change) {
    const before = this.find(id);
    if (before && Object.entries(change).some(([name, value]) => before[name] !== value)) {
      this.#write((tabs) => tabs.map((tab) => (tab.id === id ? { ...tab, ...change } : tab)));
    }
  }

  remove(id) {
    this.#write((tabs) => tabs.filter((tab) => tab.id !== id));
  }

  /** Begins with what other windows have written. */
  #write(change) {
    this.#all = change(read() ?? this.#all);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#all));
    } catch {
      // A browser that keeps nothing: the tabs last as long as the page.
    }
  }
}

/** What is kept; null if nothing is, or nothing that makes sense. */
function read() {
  try {
    const tabs = JSON.parse(localStorage.getItem(KEY));
    const isTab = (tab) => typeof tab?.id === 'string' && tab.id !== '';
    return tabs.filter(isTab).map(({ id, title, model }) => ({ id, title: title ?? '', model: model ?? '' }));
  } catch {
    return null;
  }
}

export const tabs = new Tabs();

/** What a conversation is called. */
export const titleOf = (id) => tabs.find(id)?.title || 'New conversation';

/** The same where those of others are seen as well: what it is called here, else its id, cut in the middle. */
export const nameOf = (id) => tabs.find(id)?.title || (id.length > 28 ? `${id.slice(0, 16)}…${id.slice(-8)}` : id);
