import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { post } from './api.js';
import { Part, say } from './part.js';
import { label, moment, number, share, time, took } from './words.js';

const LOOKS = {
  running: 'running',
  completed: 'completed',
  'completed-with-failures': 'failed',
  'source-unreachable': 'failed',
  'cache-unreachable': 'failed',
  'timed-out': 'failed',
  cancelled: 'paused',
  'nothing-eligible': 'paused',
};

const TRIGGERS = { startup: 'when the server started', keeper: 'by the keeper', api: 'by request' };

export const runBadge = (state) => html`<span class="badge ${LOOKS[state] ?? ''}">${label(state)}</span>`;

/** How a run goes, or went, in one line. */
export function runLine({ state, ended_at, selected, total, ...counts }) {
  return state === 'running'
    ? `${number(selected)} of ${total === null ? 'an unknown number' : number(total)} so far`
    : `${fates(counts)}; ended ${time(ended_at)}`;
}

const sum = (counts) => Object.values(counts).reduce((all, count) => all + count, 0);

/** What became of sessions, in words. */
function fates({ warmed, skipped, failed }) {
  return [
    [warmed, 'warmed'],
    [sum(skipped), 'skipped'],
    [sum(failed), 'failed'],
  ]
    .filter(([count, name]) => count > 0 || name === 'warmed')
    .map(([count, name]) => `${number(count)} ${name}`)
    .join(', ');
}

/** The last warm runs of the server, the newest first, with a way to stop the one that goes on. */
class WarmRuns extends Part {
  static properties = { runs: { attribute: false } };

  constructor() {
    super();
    this.runs = [];
  }

  render() {
    return html`
      ${this.trouble()}
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">Run</th><th scope="col">State</th><th scope="col">Sessions</th><th scope="col">Verified</th>
            <th scope="col">Took</th>
          </tr>
        </thead>
        ${repeat(this.runs, ({ id }) => id, (run) => this.#rows(run))}
      </table>
    `;
  }

  #rows(run) {
    const { id, state, started_at, trigger, plan, verified, meets_target, duration_ms, message } = run;
    const reasons = [...reasonsOf('skipped', run.skipped), ...reasonsOf('failed', run.failed)];
    const hasMore = state === 'running' || message !== '' || reasons.length > 0;
    return html`
      <tbody data-run=${id}>
        <tr>
          <th scope="row">
            ${moment(started_at)}
            <small>
              ${TRIGGERS[trigger] ?? trigger}; at most ${number(plan.count)}, active within
              ${plan.window}${plan.rate === null ? '' : `, ${number(plan.rate)} a second`}${plan.refresh
                ? ', near expiry as well'
                : ''}
            </small>
            ${plan.dry_run ? html`<small><span class="badge">dry run</span></small>` : nothing}
          </th>
          <td data-label="State">${runBadge(state)}</td>
          <td>${tally(run)}</td>
          <td data-label="Verified">
            ${verified === null
              ? '–'
              : html`<span class="grade ${meets_target ? 'good' : 'poor'}">${share(verified.share)}</span>
                  <small>${number(verified.found)} of ${number(verified.sampled)}</small>`}
          </td>
          <td data-label="Took" class="figure">${took(duration_ms)}</td>
        </tr>
        ${hasMore
          ? html`<tr class="actions">
              <td colspan="5">
                ${message === '' ? nothing : html`<p class="why">${message}</p>`}
                ${reasons.length === 0 ? nothing : html`<p class="why">${reasons.join(' · ')}</p>`}
                ${state === 'running' ? this.#cancel(id) : nothing}
              </td>
            </tr>`
          : nothing}
      </tbody>
    `;
  }

  #cancel(id) {
    return html`
      <button
        type="button"
        class="small outline danger"
        data-takes="operate"
        ?disabled=${this.busy}
        @click=${() =>
          this.attempt(async () => {
            await post(`/api/sessions/runs/${id}/cancel`);
            say('The run stops after the batch at hand');
          })}
      >
        Cancel the run
      </button>
    `;
  }
}

/** What became of the sessions that came up so far, with a bar while it goes on. */
function tally({ state, total, selected, ...counts }) {
  return html`
    ${state !== 'running'
      ? nothing
      : html`<progress
          value=${total === null ? nothing : selected}
          max=${Math.max(total ?? 1, 1)}
          aria-label="Progress of the run"
        ></progress>`}
    <small>
      ${number(selected)}${state === 'running' && total !== null ? ` of ${number(total)}` : ' selected'}:
      ${fates(counts)}
    </small>
  `;
}

const reasonsOf = (what, counts) =>
  Object.entries(counts).map(([reason, count]) => `${number(count)} ${what}: ${label(reason)}`);

customElements.define('warm-runs', WarmRuns);
