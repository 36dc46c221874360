import { html } from 'lit';
import { post, remove } from './api.js';
import { confirm } from './confirm.js';
import { ConsoleElement, announce } from './element.js';
import { plural } from './format.js';

const OPEN = new Set(['pending', 'running', 'paused']);

export const isOver = (batch) => !OPEN.has(batch.status);

export const title = (batch) => batch.name || `Batch ${batch.id}`;

/** Skipped and cancelled questions, which one action retries together. */
const retryable = (batch) => batch.skipped + batch.cancelled;

/** All actions, and the states in which each is allowed. */
const ACTIONS = [
  { name: 'pause', label: 'Pause', done: 'paused', allowed: (batch) => ['pending', 'running'].includes(batch.status) },
  { name: 'resume', label: 'Resume', done: 'resumed', allowed: (batch) => batch.status === 'paused' },
  {
    name: 'cancel',
    label: 'Cancel',
    done: 'cancelled',
    allowed: (batch) => OPEN.has(batch.status),
    confirmation: (batch) => ({
      title: `Cancel ${title(batch)}?`,
      text: `${plural(batch.total - batch.processed, 'unanswered question')} will be cancelled. Stored answers stay.`,
      action: 'Cancel batch',
      reason: true,
    }),
  },
  { name: 'retry', which: 'failed', label: 'Retry failed', done: 'failed questions queued again', allowed: (batch) => batch.failed > 0 },
  { name: 'retry', which: 'skipped', label: 'Retry skipped', done: 'skipped questions queued again', allowed: (batch) => retryable(batch) > 0 },
  {
    name: 'delete',
    label: 'Delete',
    allowed: () => true,
    confirmation: (batch) => ({
      title: `Delete ${title(batch)}?`,
      text: 'The batch and its questions are deleted permanently, and work in progress is aborted. Stored answers stay.',
      action: 'Delete batch',
    }),
  },
];

/** The buttons of a batch. Fires `changed` with the changed batch, or `deleted` with its id. */
class BatchActions extends ConsoleElement {
  static properties = { batch: { attribute: false }, reason: { attribute: false } };

  constructor() {
    super();
    this.batch = null;
    this.reason = '';
  }

  render() {
    return html`
      <div class="buttons" role="group" aria-label="Actions for ${title(this.batch)}">
        ${ACTIONS.map(
          (action) => html`
            <button
              type="button"
              class="small ${action.name === 'delete' ? 'outline danger' : 'outline'}"
              data-permission="operate"
              data-action=${action.which ? `${action.name}-${action.which}` : action.name}
              ?disabled=${this.busy || !action.allowed(this.batch)}
              @click=${() => this.#run(action)}
            >
              ${action.label}
            </button>
          `,
        )}
      </div>
      ${this.problemAlert()}
    `;
  }

  async #run(action) {
    const batch = this.batch;
    let reason = this.reason;
    if (action.confirmation) {
      const entered = await confirm(action.confirmation(batch));
      if (entered === null) {
        return;
      }
      reason = entered || reason;
    }
    await this.attempt(async () => {
      if (action.name === 'delete') {
        await remove(`/api/admin/warming/batches/${batch.id}`);
        document.getElementById('main').focus();
        this.dispatchEvent(new CustomEvent('deleted', { detail: batch.id }));
        announce(`${title(batch)} deleted`);
        return;
      }
      const path = `/api/admin/warming/batches/${batch.id}/${action.name}`;
      const after = await post(path, { ...(action.which && { which: action.which }), ...(reason && { reason }) });
      this.dispatchEvent(new CustomEvent('changed', { detail: after }));
      announce(`${title(batch)}: ${action.done}`);
    });
    await this.updateComplete;
    this.#keepFocus();
  }

  /** The pressed button may be disabled now, and a disabled button loses the focus. */
  #keepFocus() {
    if (document.activeElement === document.body) {
      this.querySelector('button:enabled')?.focus();
    }
  }
}

customElements.define('batch-actions', BatchActions);
