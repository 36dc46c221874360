import { html } from 'lit';
import { post, remove } from './api.js';
import { confirm } from './confirm.js';
import { Part, say } from './part.js';
import { plural } from './words.js';

const OPEN = new Set(['pending', 'running', 'paused']);

export const isOver = (batch) => !OPEN.has(batch.status);

export const title = (batch) => batch.name || `Batch ${batch.id}`;

/** Skipped ones and those given up, which are tried again together. */
const leftOut = (batch) => batch.skipped + batch.cancelled;

/** Every move, and in which state it makes sense. */
const MOVES = [
  { name: 'pause', label: 'Pause', legal: (batch) => ['pending', 'running'].includes(batch.status) },
  { name: 'resume', label: 'Resume', legal: (batch) => batch.status === 'paused' },
  {
    name: 'cancel',
    label: 'Cancel',
    legal: (batch) => OPEN.has(batch.status),
    sure: (batch) => ({
      title: `Cancel ${title(batch)}?`,
      text: `What is not done yet, ${plural(batch.total - batch.processed, 'question')}, is given up. Answers that are stored stay.`,
      action: 'Cancel the batch',
      reason: true,
    }),
  },
  { name: 'retry', which: 'failed', label: 'Retry failed', legal: (batch) => batch.failed > 0 },
  { name: 'retry', which: 'skipped', label: 'Retry skipped', legal: (batch) => leftOut(batch) > 0 },
  {
    name: 'delete',
    label: 'Delete',
    legal: () => true,
    sure: (batch) => ({
      title: `Delete ${title(batch)}?`,
      text: 'The batch and the list of its questions go for good; work in hand is broken off. Answers that are stored stay.',
      action: 'Delete the batch',
    }),
  },
];

/** The buttons of a batch. Tells `moved` with the batch as it is afterwards, `gone` if it was deleted. */
class BatchMoves extends Part {
  static properties = { batch: { attribute: false }, reason: { attribute: false } };

  constructor() {
    super();
    this.batch = null;
    this.reason = '';
  }

  render() {
    return html`
      <div class="moves" role="group" aria-label="What to do with ${title(this.batch)}">
        ${MOVES.map(
          (move) => html`
            <button
              type="button"
              class="small ${move.name === 'delete' ? 'outline danger' : 'outline'}"
              data-takes="operate"
              data-move=${move.which ? `${move.name}-${move.which}` : move.name}
              ?disabled=${this.busy || !move.legal(this.batch)}
              @click=${() => this.#make(move)}
            >
              ${move.label}
            </button>
          `,
        )}
      </div>
      ${this.trouble()}
    `;
  }

  async #make(move) {
    const batch = this.batch;
    let reason = this.reason;
    if (move.sure) {
      const said = await confirm(move.sure(batch));
      if (said === null) {
        return;
      }
      reason = said || reason;
    }
    await this.attempt(async () => {
      if (move.name === 'delete') {
        await remove(`/api/admin/warming/batches/${batch.id}`);
        document.getElementById('main').focus();
        this.dispatchEvent(new CustomEvent('gone', { detail: batch.id }));
        say(`${title(batch)} is deleted`);
        return;
      }
      const path = `/api/admin/warming/batches/${batch.id}/${move.name}`;
      const after = await post(path, { ...(move.which && { which: move.which }), ...(reason && { reason }) });
      this.dispatchEvent(new CustomEvent('moved', { detail: after }));
      say(`${title(batch)}: ${move.label.toLowerCase()}, done`);
    });
    await this.updateComplete;
    this.#keepFocus();
  }

  /** The button that was pressed is perhaps of no use now, and a disabled one loses the focus. */
  #keepFocus() {
    if (document.activeElement === document.body) {
      this.querySelector('button:enabled')?.focus();
    }
  }
}

customElements.define('batch-moves', BatchMoves);
