import { html, nothing } from 'lit';
import { post } from './api.js';
import { clock } from './clock.js';
import { Part, say } from './part.js';
import { span, time } from './words.js';

const WHAT = {
  'pipeline-down': 'The pipeline does not answer',
  'rate-limited': 'The pipeline was asked too often',
  'store-down': 'The database of the queue does not answer',
};

/** Why the server begins no question for the moment, if so, with a button that ends the wait. */
class QueueWaiting extends Part {
  static properties = { waiting: { attribute: false } };

  constructor() {
    super();
    this.waiting = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.hear('tick', () => this.waiting && this.requestUpdate(), clock);
  }

  render() {
    const waiting = this.waiting;
    if (!waiting) {
      return nothing;
    }
    return html`
      <div class="problem" role="status" data-waiting=${waiting.code}>
        <span>
          <strong>${WHAT[waiting.code] ?? 'The queue waits'}</strong> since ${time(waiting.since)}.
          ${waiting.next_try ? html`Next try ${this.#left()}.` : nothing} Last error: ${waiting.last_error || 'none was given'}
        </span>
        <button type="button" class="small outline" data-takes="operate" ?disabled=${this.busy} @click=${this.#try}>
          Try now
        </button>
      </div>
      ${this.trouble()}
    `;
  }

  #left() {
    const left = (new Date(this.waiting.next_try) - clock.now()) / 1000;
    return left > 0.5 ? `in ${span(left)}` : 'is due now';
  }

  #try() {
    return this.attempt(async () => {
      await post('/api/admin/warming/queue/try');
      say('The pipeline is tried now');
    });
  }
}

customElements.define('queue-waiting', QueueWaiting);
