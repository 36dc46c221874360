import { html, nothing } from 'lit';
import { ConsoleElement, fact } from './element.js';
import { dateTime, number, percent, plural, time } from './format.js';
import { dollars } from './money.js';
import { runBadge, runLine } from './runs.js';
import { overviewStore } from './store.js';
import './timeline.js';

/** The names of troubled components in headings. */
const ABOUT = {
  postgres: 'Postgres',
  redis: 'Redis',
  run: 'Last run',
  store: 'Store',
  pipeline: 'Pipeline',
  provider: 'Provider',
};

const STORES = { DATABASE_URL: 'Postgres', REDIS_URL: 'Redis' };

/** The overview: a card for each of the three jobs, and charts of the last hour. */
class OverviewPage extends ConsoleElement {
  connectedCallback() {
    super.connectedCallback();
    this.listen('change', () => this.requestUpdate(), overviewStore);
  }

  render() {
    const { latest } = overviewStore;
    return html`
      <h1>Overview</h1>
      ${latest === null ? html`<p aria-busy="true">Loading…</p>` : [this.#cards(latest), charts(latest.history)]}
    `;
  }

  #cards({ sessions, answers, prompts }) {
    return html`<div class="jobs">${sessionsCard(sessions)} ${answersCard(answers)} ${promptsCard(prompts)}</div>`;
  }
}

/**
 * The card of one job.
 *
 * @param figures `[label, value]`, the most important first
 * @param state its status in one line
 * @param firstStep `{ text, hash, action }`; null if it was taken
 * @param more a link, `[hash, text]`
 */
function card({ id, title, figures, state, troubles, firstStep = null, more }) {
  return html`
    <article class="job" id=${id} aria-labelledby="${id}-title">
      <h2 id="${id}-title">${title}</h2>
      <dl class="figures">
        ${figures.map(([label, value]) => fact(label, value))}
      </dl>
      ${state ? html`<p class="state">${state}</p>` : nothing}
      ${troubles.map(
        ({ about, message, at }) => html`
          <p class="problem" role="alert">
            <span><strong>${ABOUT[about] ?? about}${at ? html`, ${time(at)}` : nothing}:</strong> ${message}</span>
          </p>
        `,
      )}
      ${firstStep
        ? html`<p class="begin">${firstStep.text}</p>
            <p><a role="button" href=${firstStep.hash}>${firstStep.action}</a></p>`
        : html`<p class="more"><a href=${more[0]}>${more[1]}</a></p>`}
    </article>
  `;
}

function sessionsCard({ configured, missing, run, hit_rate, hits, misses, troubles }) {
  const firstStep = configured
    ? run === null && { text: 'No runs yet.', hash: '#/sessions', action: 'Warm sessions' }
    : {
        text: html`Not configured: set the ${missing.length === 1 ? 'address' : 'addresses'} of
          ${missing.map((name) => STORES[name]).join(' and ')}, or try it with <code>./stoker demo</code>.`,
        hash: '#/sessions',
        action: 'Set up',
      };
  return card({
    id: 'sessions',
    title: 'Sessions',
    figures: [
      ['Last run, verified', percent(run?.verified?.share)],
      ['Hit rate, last hour', percent(hit_rate)],
    ],
    state: run
      ? html`${runBadge(run.state)} ${runLine(run)}`
      : hits + misses > 0
        ? `${plural(hits + misses, 'look-up')} in the last hour`
        : '',
    troubles,
    firstStep: firstStep || null,
    more: ['#/sessions', 'View runs and look-ups'],
  });
}

function answersCard({ queue, in_hand, entries, stale, asked, hit_rate, troubles }) {
  const isNew = queue !== null && queue.last === null && entries === 0;
  return card({
    id: 'answers',
    title: 'Answers',
    figures: [
      ['Queue', progressOf(queue)],
      ['Hit rate, last 24 h', percent(hit_rate)],
    ],
    state: isNew
      ? ''
      : html`${in_hand > 0 ? `${number(in_hand)} in progress · ` : ''}${entries === null
          ? 'number of cached answers unknown'
          : `${plural(entries, 'cached answer')}${stale > 0 ? `, ${number(stale)} stale` : ''}`}${asked === null
          ? nothing
          : ` · ${plural(asked, 'ask')}`}${queue?.failed > 0
          ? ` · ${number(queue.failed)} failed`
          : nothing}`,
    troubles,
    firstStep: isNew
      ? {
          text: 'No batches yet. Queue the questions that users ask most, to have their answers cached in advance.',
          hash: '#/answers',
          action: 'Queue questions',
        }
      : null,
    more: ['#/answers', 'View the queue'],
  });
}

function progressOf(queue) {
  if (queue === null) {
    return '–';
  }
  const { batches, paused, total, processed } = queue;
  if (batches === 0) {
    return html`Empty`;
  }
  return html`
    ${number(processed)} of ${number(total)}
    <progress value=${processed} max=${Math.max(total, 1)} aria-label="Progress of the queue"></progress>
    <small>${plural(batches, 'batch', 'batches')}${paused > 0 ? `, ${number(paused)} paused` : ''}</small>
  `;
}

function promptsCard({ saved_micros, spent_micros, turns, warms, armed, warms_in_flight, turns_in_flight, troubles }) {
  const isNew = turns === 0 && warms === 0 && armed === 0 && turns_in_flight === 0;
  return card({
    id: 'prompts',
    title: 'Prompts',
    figures: [
      ['Saved today', html`<span class="saved">${dollars(saved_micros)}</span>`],
      ['Spent today', dollars(spent_micros)],
    ],
    state: isNew
      ? ''
      : html`${plural(armed, 'scheduled warm')}, ${number(warms_in_flight)} in flight · ${plural(turns, 'turn')} and
        ${plural(warms, 'warm')} today (UTC)`,
    troubles,
    firstStep: isNew
      ? {
          text: 'No turns today. Send a message in a conversation, and enable its warming.',
          hash: '#/prompts',
          action: 'Open a conversation',
        }
      : null,
    more: armed > 0 ? ['#/armed', 'View scheduled warms'] : ['#/ledger', 'View the ledger'],
  });
}

const CHARTS = [
  {
    title: 'Hit rates',
    format: percent,
    most: 1,
    empty: 'No look-ups and no asks.',
    lines: [
      { key: 'session_hit_rate', label: 'Sessions, last hour' },
      { key: 'answer_hit_rate', label: 'Answers, last 24 hours' },
    ],
  },
  {
    title: 'Answered per minute',
    format: number,
    empty: 'No batch questions answered.',
    lines: [{ key: 'answered_per_minute', label: 'Batch questions, this server' }],
  },
  {
    title: 'Money today',
    format: dollars,
    empty: 'Nothing saved or spent.',
    lines: [
      { key: 'saved_micros', label: 'Saved' },
      { key: 'spent_micros', label: 'Spent on warms' },
    ],
  },
  {
    title: 'Scheduled warms',
    format: number,
    empty: 'No warms scheduled.',
    lines: [{ key: 'armed', label: 'Conversations' }],
  },
];

function charts({ since, points }) {
  return html`
    <section aria-labelledby="time-title">
      <h2 id="time-title">Last hour</h2>
      <p class="hint">One point every ten seconds, kept in memory since this server started on ${dateTime(since)}.</p>
      <div class="charts">
        ${CHARTS.map((chart) => html`<time-line .of=${chart} .points=${points}></time-line>`)}
      </div>
    </section>
  `;
}

customElements.define('overview-page', OverviewPage);
