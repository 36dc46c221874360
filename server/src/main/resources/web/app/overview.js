import { html, nothing } from 'lit';
import { glance } from './glance.js';
import { dollars } from './money.js';
import { Part } from './part.js';
import { runBadge, runLine } from './runs.js';
import './timeline.js';
import { moment, number, plural, share, time } from './words.js';

/** What goes by the name of a provider's or a store's trouble in a heading. */
const ABOUT = {
  postgres: 'Postgres',
  redis: 'Redis',
  run: 'Last run',
  store: 'Store',
  pipeline: 'Pipeline',
  provider: 'Provider',
};

const STORES = { DATABASE_URL: 'Postgres', REDIS_URL: 'Redis' };

/** The three jobs side by side, and how they went in the last hour. */
class OverviewPage extends Part {
  connectedCallback() {
    super.connectedCallback();
    this.hear('change', () => this.requestUpdate(), glance);
  }

  render() {
    const { now } = glance;
    return html`
      <h1>Overview</h1>
      ${now === null ? html`<p aria-busy="true">Looking …</p>` : [this.#cards(now), charts(now.history)]}
    `;
  }

  #cards({ sessions, answers, prompts }) {
    return html`<div class="jobs">${sessionsCard(sessions)} ${answersCard(answers)} ${promptsCard(prompts)}</div>`;
  }
}

/**
 * One of the jobs.
 *
 * @param figures `[label, value]`, the one that matters first
 * @param state how it stands, in one line
 * @param begin what to do first, `{ text, hash, action }`; null if it was done
 * @param more where there is more, `[hash, words]`
 */
function card({ id, title, figures, state, troubles, begin = null, more }) {
  return html`
    <article class="job" id=${id} aria-labelledby="${id}-title">
      <h2 id="${id}-title">${title}</h2>
      <dl class="figures">
        ${figures.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
      </dl>
      ${state ? html`<p class="state">${state}</p>` : nothing}
      ${troubles.map(
        ({ about, message, at }) => html`
          <p class="problem" role="alert">
            <span><strong>${ABOUT[about] ?? about}${at ? html`, ${time(at)}` : nothing}:</strong> ${message}</span>
          </p>
        `,
      )}
      ${begin
        ? html`<p class="begin">${begin.text}</p>
            <p><a role="button" href=${begin.hash}>${begin.action}</a></p>`
        : html`<p class="more"><a href=${more[0]}>${more[1]}</a></p>`}
    </article>
  `;
}

function sessionsCard({ configured, missing, run, hit_rate, hits, misses, troubles }) {
  const begin = configured
    ? run === null && { text: 'Nothing was warmed yet.', hash: '#/sessions', action: 'Warm sessions' }
    : {
        text: html`Not configured: Stoker does not know where your ${missing.map((name) => STORES[name]).join(' and your ')}
          ${missing.length === 1 ? 'is' : 'are'}. <code>./stoker demo</code> brings its own, to see how it works.`,
        hash: '#/sessions',
        action: 'What to set',
      };
  return card({
    id: 'sessions',
    title: 'Sessions',
    figures: [
      ['Last run, verified', share(run?.verified?.share)],
      ['Hit rate, last hour', share(hit_rate)],
    ],
    state: run
      ? html`${runBadge(run.state)} ${runLine(run)}`
      : hits + misses > 0
        ? `${plural(hits + misses, 'look-up')} in the last hour`
        : '',
    troubles,
    begin: begin || null,
    more: ['#/sessions', 'Runs and look-ups'],
  });
}

function answersCard({ queue, in_hand, entries, stale, asked, hit_rate, troubles }) {
  const isNew = queue !== null && queue.last === null && entries === 0;
  return card({
    id: 'answers',
    title: 'Answers',
    figures: [
      ['Queue', progressOf(queue)],
      ['Hit rate, last 24 h', share(hit_rate)],
    ],
    state: isNew
      ? ''
      : html`${in_hand > 0 ? `${number(in_hand)} in hand · ` : ''}${entries === null
          ? 'how many answers are kept is not known'
          : `${plural(entries, 'answer')} kept${stale > 0 ? `, ${number(stale)} of them stale` : ''}`}${asked === null
          ? nothing
          : ` · asked ${asked === 0 ? 'by nobody' : plural(asked, 'time')}`}${queue?.failed > 0
          ? ` · ${number(queue.failed)} failed`
          : nothing}`,
    troubles,
    begin: isNew
      ? {
          text: 'No question is queued, and none was. Queue the questions that users ask most, and they are answered at once.',
          hash: '#/answers',
          action: 'Queue questions',
        }
      : null,
    more: ['#/answers', 'The queue'],
  });
}

function progressOf(queue) {
  if (queue === null) {
    return '–';
  }
  const { batches, paused, total, processed } = queue;
  if (batches === 0) {
    return html`empty <small>nothing is waiting</small>`;
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
      : html`${plural(armed, 'conversation')} armed · ${number(warms_in_flight)} ${warms_in_flight === 1 ? 'warm' : 'warms'}
        in flight · ${plural(turns, 'turn')} and ${plural(warms, 'warm')} today (UTC)`,
    troubles,
    begin: isNew
      ? {
          text: 'Nothing was said today. Say something in a conversation, and switch its warming on.',
          hash: '#/prompts',
          action: 'Open a conversation',
        }
      : null,
    more: armed > 0 ? ['#/armed', 'What is armed'] : ['#/ledger', 'The ledger'],
  });
}

const CHARTS = [
  {
    title: 'Hit rates',
    format: share,
    most: 1,
    empty: 'No session was looked up and no question asked.',
    lines: [
      { key: 'session_hit_rate', label: 'Sessions, last hour' },
      { key: 'answer_hit_rate', label: 'Answers, last 24 hours' },
    ],
  },
  {
    title: 'Answered per minute',
    format: number,
    empty: 'No question of a batch was answered.',
    lines: [{ key: 'answered_per_minute', label: 'Questions of batches, by this server' }],
  },
  {
    title: 'Money today',
    format: dollars,
    empty: 'Nothing was saved and nothing spent.',
    lines: [
      { key: 'saved_micros', label: 'Saved' },
      { key: 'spent_micros', label: 'Spent on warms' },
    ],
  },
  {
    title: 'Armed conversations',
    format: number,
    empty: 'No conversation was armed.',
    lines: [{ key: 'armed', label: 'Next warm is due' }],
  },
];

function charts({ since, points }) {
  return html`
    <section aria-labelledby="time-title">
      <h2 id="time-title">The last hour</h2>
      <p class="hint">A point each ten seconds, kept in this server’s memory since it started: ${moment(since)}.</p>
      <div class="charts">
        ${CHARTS.map((chart) => html`<time-line .of=${chart} .points=${points}></time-line>`)}
      </div>
    </section>
  `;
}

customElements.define('overview-page', OverviewPage);
