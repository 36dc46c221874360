const KEY = 'stoker.tabs';

/** Fired when another window has changed the tabs. */
export const TABS = 'tabs';

/** The open tabs, `{ id, title, model }`, in local storage and so shared by all windows. */
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

  /** Adds a tab if there is none with this id. */
  add(id) {
    if (!this.find(id)) {
      this.#write((tabs) => [...tabs, { id, title: '', model: '' }]);
    }
  }

  /** Changes a tab; writes nothing if nothing changes. */
  change(id, change) {
    const before = this.find(id);
    if (before && Object.entries(change).some(([name, value]) => before[name] !== value)) {
      this.#write((tabs) => tabs.map((tab) => (tab.id === id ? { ...tab, ...change } : tab)));
    }
  }

  remove(id) {
    this.#write((tabs) => tabs.filter((tab) => tab.id !== id));
  }

  /** Applies a change to what other windows have written last. */
  #write(change) {
    this.#all = change(read() ?? this.#all);
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#all));
    } catch {
      // Storage is disabled: the tabs last as long as the page.
    }
  }
}

/** The stored tabs; null if there are none or they are invalid. */
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

/** The title of a conversation in this browser. */
export const titleOf = (id) => tabs.find(id)?.title || 'New conversation';

/** The title for lists that include other users' conversations: the tab's, else the shortened id. */
export const nameOf = (id) => tabs.find(id)?.title || (id.length > 28 ? `${id.slice(0, 16)}…${id.slice(-8)}` : id);
