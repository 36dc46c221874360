import { html, nothing } from 'lit';
import { get, put } from './api.js';
import { ConsoleElement, announce } from './element.js';
import './serverinfo.js';

const whole = { read: String, write: Number, attributes: { type: 'number', step: 1, required: true } };
const time = { read: String, write: (text) => text.trim(), attributes: { required: true } };

const FIELDS = [
  { name: 'concurrency', label: 'Concurrent questions', hint: 'per server', ...whole, min: 1, max: 1000 },
  { name: 'warming_delay', label: 'Delay after each answer', hint: 'such as 2s; 0s for none', ...time },
  {
    name: 'per_minute',
    label: 'Questions per minute',
    hint: 'all servers together; empty for unlimited',
    read: (value) => (value == null ? '' : String(value)),
    write: (text) => (text.trim() === '' ? null : Number(text)),
    attributes: { type: 'number', step: 1 },
    min: 1,
  },
  {
    name: 'retries',
    label: 'Retry delays',
    hint: 'such as 5s, 30s, 2m; empty for no retry',
    read: (waits) => waits.join(', '),
    write: (text) => text.split(/[\s,;]+/).filter(Boolean),
    attributes: {},
  },
  { name: 'lease', label: 'Lease', hint: 'then another server may take the question over', ...time },
  { name: 'time_to_live', label: 'Answer TTL', hint: 'such as 24h', ...time },
  { name: 'most_entries', label: 'Max answers', hint: 'the least recently served are evicted first', ...whole, min: 1 },
  { name: 'minimum_confidence', label: 'Minimum confidence', hint: '0 to 100; answers below are not cached', ...whole, min: 0, max: 100 },
  { name: 'warm_top', label: 'Top questions kept warm', hint: 'renewed before they expire; 0 for none', ...whole, min: 0 },
];

/** The settings of answers, which can be changed, and the server's own, which cannot. */
class SettingsPage extends ConsoleElement {
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
        <p class="hint">Changes apply at once, on all servers that share the queue.</p>
        ${this.settings ? this.#form() : nothing} ${this.problemAlert()}
      </section>
      <server-info></server-info>
    `;
  }

  #form() {
    return html`
      <form @submit=${this.#save}>
        <div class="fields">${FIELDS.filter(({ name }) => name in this.settings).map((field) => this.#field(field))}</div>
        <button type="submit" data-permission="operate" ?disabled=${this.busy} aria-busy=${this.busy}>Save</button>
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
      announce('Settings saved');
    });
  }
}

customElements.define('settings-page', SettingsPage);
