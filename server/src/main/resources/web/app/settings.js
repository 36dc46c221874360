import { html, nothing } from 'lit';
import { get, put } from './api.js';
import './facts.js';
import { Part, say } from './part.js';

const whole = { read: String, write: Number, attributes: { type: 'number', step: 1, required: true } };
const time = { read: String, write: (text) => text.trim(), attributes: { required: true } };

const FIELDS = [
  { name: 'concurrency', label: 'Questions at once', hint: 'in each process', ...whole, min: 1, max: 1000 },
  { name: 'warming_delay', label: 'Rest after each answer', hint: 'such as 2s; 0s for none', ...time },
  {
    name: 'per_minute',
    label: 'Questions a minute',
    hint: 'of all processes together; empty for any number',
    read: (value) => (value == null ? '' : String(value)),
    write: (text) => (text.trim() === '' ? null : Number(text)),
    attributes: { type: 'number', step: 1 },
    min: 1,
  },
  {
    name: 'retries',
    label: 'Waits before retries',
    hint: 'such as 5s, 30s, 2m; empty for no retry',
    read: (waits) => waits.join(', '),
    write: (text) => text.split(/[\s,;]+/).filter(Boolean),
    attributes: {},
  },
  { name: 'lease', label: 'Lease of a claim', hint: 'after which another process may take over', ...time },
  { name: 'time_to_live', label: 'Answers are served for', hint: 'such as 24h', ...time },
  { name: 'most_entries', label: 'Answers kept', hint: 'the least recently served go first', ...whole, min: 1 },
  { name: 'minimum_confidence', label: 'Minimum confidence', hint: '0 to 100; less is not cached', ...whole, min: 0, max: 100 },
  { name: 'warm_top', label: 'Top questions kept warm', hint: 'warmed again before they expire; 0 for none', ...whole, min: 0 },
];

/** How answers are warmed and kept, which can be changed; and what the server was started with. */
class SettingsPage extends Part {
  static properties = { settings: { state: true } };

  constructor() {
    super();
    this.settings = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(async () => (this.settings = await get('/api/admin/warming/settings')));
  }

  render() {
    return html`
      <h1>Settings</h1>
      <section aria-labelledby="answers-title">
        <h2 id="answers-title">Answers</h2>
        <p class="hint">A change holds at once, for all processes that share the queue.</p>
        ${this.settings ? this.#form() : nothing} ${this.trouble()}
      </section>
      <server-facts></server-facts>
    `;
  }

  #form() {
    return html`
      <form @submit=${this.#save}>
        <div class="fields">${FIELDS.filter(({ name }) => name in this.settings).map((field) => this.#field(field))}</div>
        <button type="submit" data-takes="operate" ?disabled=${this.busy} aria-busy=${this.busy}>Save</button>
      </form>
    `;
  }

  #field({ name, label, hint, read, attributes, min, max }) {
    return html`
      <label>
        ${label}
        <input
          name=${name}
          type=${attributes.type ?? 'text'}
          step=${attributes.step ?? 'any'}
          min=${min ?? ''}
          max=${max ?? ''}
          autocomplete="off"
          aria-describedby="hint-${name}"
          ?required=${attributes.required}
          .value=${read(this.settings[name])}
        />
        <small id="hint-${name}">${hint}</small>
      </label>
    `;
  }

  #save(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const changed = { ...this.settings };
    for (const { name, write } of FIELDS) {
      if (form.has(name)) {
        changed[name] = write(form.get(name));
      }
    }
    return this.attempt(async () => {
      this.settings = await put('/api/admin/warming/settings', changed);
      say('The settings are saved');
    });
  }
}

customElements.define('settings-page', SettingsPage);
