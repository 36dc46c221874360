import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { post } from './api.js';
import { ConsoleElement, announce } from './element.js';
import { dateTime, elapsed, number, percent, spelled, stateLabel, time } from './format.js';

const BADGES = {
  running: 'running',
  completed: 'completed',
  'completed-with-failures': 'failed',
  'source-unreachable': 'failed',
  'cache-unreachable': 'failed',
  'timed-out': 'failed',
  cancelled: 'paused',
  'nothing-eligible': 'paused',
};

const TRIGGERS = { startup: 'Server start', keeper: 'Keeper', api: 'Request' };

export const runBadge = (state) => html`<span class="badge ${BADGES[state] ?? ''}">${stateLabel(state)}</span>`;

/** The progress or the result of a run in one line. */
export function runLine({ state, ended_at, selected, total, ...counts }) {
  return state === 'running'
    ? total === null ? `${number(selected)} so far` : `${number(selected)} of ${number(total)} so far`
    : `${countsText(counts)}; ended ${time(ended_at)}`;
}

const sum = (counts) => Object.values(counts).reduce((all, count) => all + count, 0);

/** Counts of warmed, skipped and failed sessions as text. */
function countsText({ warmed, skipped, failed }) {
  return [
    [warmed, 'warmed'],
    [sum(skipped), 'skipped'],
    [sum(failed), 'failed'],
  ]
    .filter(([count, name]) => count > 0 || name === 'warmed')
    .map(([count, name]) => `${number(count)} ${name}`)
    .join(', ');
}

/** The server's last warm runs, newest first, with a button that cancels the running one. */
class WarmRuns extends ConsoleElement {
  static properties = { runs: { attribute: false } };

  constructor() {
    super();
    this.runs = [];
  }

  render() {
    return html`
      ${this.problemAlert()}
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
            ${dateTime(started_at)}
            <small>
              ${TRIGGERS[trigger] ?? trigger}: at most ${number(plan.count)}, active within
              ${plan.window}${plan.rate === null ? '' : `, ${number(plan.rate)} per second`}${plan.refresh
                ? ', refreshing entries near expiry'
                : ''}
            </small>
            ${plan.dry_run ? html`<small><span class="badge">Dry run</span></small>` : nothing}
          </th>
          <td data-label="State">${runBadge(state)}</td>
          <td>${tally(run)}</td>
          <td data-label="Verified">
            ${verified === null
              ? '–'
              : html`<span class="grade ${meets_target ? 'good' : 'poor'}">${percent(verified.share)}</span>
                  <small>${number(verified.found)} of ${number(verified.sampled)}</small>`}
          </td>
          <td data-label="Took" class="figure">${elapsed(duration_ms)}</td>
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
        data-permission="operate"
        ?disabled=${this.busy}
        @click=${() =>
          this.attempt(async () => {
            await post(`/api/sessions/runs/${id}/cancel`);
            announce('Run stops after the current chunk');
          })}
      >
        Cancel run
      </button>
    `;
  }
}

/** The counts of a run, with a progress bar while it is running. */
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
      ${number(selected)}${total !== null && (state === 'running' || selected < total) ? ` of ${number(total)}` : ' selected'}:
      ${countsText(counts)}
    </small>
  `;
}

const reasonsOf = (what, counts) =>
  Object.entries(counts).map(([reason, count]) => `${number(count)} ${what}: ${spelled(reason)}`);

customElements.define('warm-runs', WarmRuns);
