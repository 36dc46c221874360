import { html, nothing, svg } from 'lit';
import { ConsoleElement } from './element.js';
import { clockTime } from './format.js';

const HEIGHT = 170;
const LEFT = 62;
const RIGHT = 10;
const TOP = 12;
const BOTTOM = 22;

/** The maximum number of table rows and tooltips. */
const MAX_ROWS = 60;

/** The minimum time span of the x-axis, in milliseconds. */
const MIN_SPAN = 5 * 60_000;

/** Points further apart than this, in milliseconds, are not connected. */
const MAX_GAP = 35_000;

/**
 * A line chart over time, with the same figures as a table.
 *
 * `of` is `{ title, lines: [{ key, label }], format, most, empty }`: `format` formats a value, `most` is
 * the maximum of the y-axis if it is fixed, `empty` is the text without data. `points` are objects with
 * `at` and a value for each key, null if unknown.
 */
class TimeLine extends ConsoleElement {
  static properties = { of: { attribute: false }, points: { attribute: false }, width: { state: true } };

  #size = new ResizeObserver(([{ contentRect }]) => (this.width = Math.floor(contentRect.width)));

  constructor() {
    super();
    this.of = null;
    this.points = [];
    this.width = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#size.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#size.disconnect();
  }

  render() {
    const { title, lines, format, empty } = this.of;
    const latest = this.points.at(-1);
    const peak = Math.max(0, ...lines.flatMap(({ key }) => this.points.map((point) => point[key] ?? 0)));
    const isKnown = lines.some(({ key }) => this.points.some((point) => point[key] != null));
    const isEmpty = !isKnown || (peak === 0 && this.of.most === undefined);
    return html`
      <figure class="chart">
        <figcaption>
          <strong>${title}</strong>
          ${lines.map(
            ({ key, label }, index) =>
              html`<span><span class="key line-${index}"></span> ${label}: ${format(latest?.[key])}</span>`,
          )}
        </figcaption>
        ${isEmpty
          ? html`<p class="hint">${empty}</p>`
          : this.width > LEFT
            ? this.#drawing(this.of.most ?? roundedUp(peak))
            : nothing}
      </figure>
      ${isEmpty ? nothing : this.#table()}
    `;
  }

  #drawing(most) {
    const { title, lines, format } = this.of;
    const times = this.points.map(({ at }) => Date.parse(at));
    const end = times.at(-1);
    const begin = Math.min(times[0], end - MIN_SPAN);
    const x = (when) => LEFT + ((when - begin) / (end - begin)) * (this.width - LEFT - RIGHT);
    const y = (value) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
    return html`
      <svg width=${this.width} height=${HEIGHT} role="img" aria-label="${title}; the figures are in the table below">
        ${level(most, y(most), this.width, format)} ${level(0, y(0), this.width, format)}
        <text x=${LEFT} y=${HEIGHT - 6}>${clockTime(begin)}</text>
        <text x=${this.width - RIGHT} y=${HEIGHT - 6} text-anchor="end">${clockTime(end)}</text>
        ${lines.map(({ key }, index) => {
          const known = this.points
            .map((point, i) => ({ when: times[i], value: point[key] }))
            .filter(({ value }) => value != null);
          const last = known.at(-1);
          return last === undefined
            ? nothing
            : svg`
                <path class="line-${index}" d=${pathOf(known, x, y)}></path>
                <circle class="line-${index}" cx=${x(last.when)} cy=${y(last.value)} r="3"></circle>
              `;
        })}
        ${this.#rows().map(
          (point) => svg`
            <rect class="touch" x=${x(Date.parse(point.at)) - 4} y=${TOP} width="8" height=${HEIGHT - TOP - BOTTOM}>
              <title>${clockTime(point.at)}: ${lines.map(({ key, label }) => `${label} ${format(point[key])}`).join(', ')}</title>
            </rect>
          `,
        )}
      </svg>
    `;
  }

  #table() {
    const { title, lines, format } = this.of;
    return html`
      <details class="folded">
        <summary>${title} as a table</summary>
        <div class="rows" tabindex="0" role="region" aria-label="${title} as a table">
          <table class="warms">
            <thead>
              <tr><th scope="col">Time</th>${lines.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr>
            </thead>
            <tbody>
              ${this.#rows()
                .reverse()
                .map(
                  (point) => html`
                    <tr>
                      <th scope="row">${clockTime(point.at)}</th>
                      ${lines.map(({ key }) => html`<td>${format(point[key])}</td>`)}
                    </tr>
                  `,
                )}
            </tbody>
          </table>
        </div>
      </details>
    `;
  }

  /** Points at equal distances, the newest included. */
  #rows() {
    const every = Math.ceil(this.points.length / MAX_ROWS);
    return this.points.filter((_, index) => (this.points.length - 1 - index) % every === 0);
  }
}

/** An SVG path through the known points, interrupted at gaps. */
function pathOf(known, x, y) {
  return known
    .map(({ when, value }, index) => {
      const isJoined = index > 0 && when - known[index - 1].when < MAX_GAP;
      return `${isJoined ? 'L' : 'M'}${x(when).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join('');
}

/** Rounded up to 1, 2 or 5 times a power of ten. */
function roundedUp(value) {
  const step = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * step).find((top) => top >= value);
}

const level = (value, y, width, format) => svg`
  <line class=${value === 0 ? 'axis' : 'level'} x1=${LEFT} x2=${width - RIGHT} y1=${y} y2=${y}></line>
  <text x=${LEFT - 6} y=${y + 4} text-anchor="end">${format(value)}</text>
`;

customElements.define('time-line', TimeLine);
