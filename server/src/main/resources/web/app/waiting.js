import { html, nothing } from 'lit';
import { post } from './api.js';
import { clock } from './clock.js';
import { ConsoleElement, announce } from './element.js';
import { duration, time } from './format.js';

const REASONS = {
  'pipeline-down': 'Pipeline not responding',
  'rate-limited': 'Pipeline rate limited',
  'store-down': 'Queue database not responding',
};

/** Shows why the queue is waiting, with a button that ends the wait; nothing if it is not waiting. */
class QueueWaiting extends ConsoleElement {
  static properties = { waiting: { attribute: false } };

  constructor() {
    super();
    this.waiting = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.listen('tick', () => this.waiting && this.requestUpdate(), clock);
  }

  render() {
    const waiting = this.waiting;
    if (!waiting) {
      return nothing;
    }
    return html`
      <div class="problem" role="status" data-waiting=${waiting.code}>
        <span>
          <strong>${REASONS[waiting.code] ?? 'The queue is waiting'}</strong> since ${time(waiting.since)}.
          ${waiting.next_try ? html`Next try ${this.#left()}.` : nothing} Last error: ${waiting.last_error || 'unknown'}
        </span>
        <button type="button" class="small outline" data-permission="operate" ?disabled=${this.busy} @click=${this.#try}>
          Try now
        </button>
      </div>
      ${this.problemAlert()}
    `;
  }

  #left() {
    const left = (new Date(this.waiting.next_try) - clock.now()) / 1000;
    return left > 0.5 ? `in ${duration(left)}` : 'now';
  }

  #try() {
    return this.attempt(async () => {
      await post('/api/admin/warming/queue/try');
      announce('Trying the pipeline now');
    });
  }
}

customElements.define('queue-waiting', QueueWaiting);
