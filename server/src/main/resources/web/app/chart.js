import { html, nothing, svg } from 'lit';
import { ConsoleElement } from './element.js';
import { dollars } from './money.js';

const HEIGHT = 220;
const LEFT = 72;
const TOP = 8;
const BOTTOM = 24;

/** Pixels left on each side of the axis for its label, and for each name below it. */
const MIN_SIDE = 16;
const NAME_WIDTH = 60;
const MAX_BAR_WIDTH = 40;

/** A bar chart of money over time: saved above the axis, spent below, on one scale. */
class MoneyChart extends ConsoleElement {
  static properties = { slots: { attribute: false }, of: { attribute: false }, width: { state: true } };

  #size = new ResizeObserver(([{ contentRect }]) => (this.width = Math.floor(contentRect.width)));

  constructor() {
    super();
    this.slots = [];
    this.of = '';
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
    return html`
      <figure class="chart">
        <figcaption>
          <span class="key saved"></span> Saved (above the line) · <span class="key spent"></span> Spent on warms (below)
        </figcaption>
        ${this.width > LEFT ? this.#drawing() : nothing}
      </figure>
      ${this.#table()}
    `;
  }

  #drawing() {
    const most = { saved: peak(this.slots, 'saved'), spent: peak(this.slots, 'spent') };
    const room = HEIGHT - TOP - BOTTOM - 2 * MIN_SIDE;
    const scale = room / Math.max(most.saved + most.spent, 1);
    const axis = TOP + MIN_SIDE + most.saved * scale;
    const step = (this.width - LEFT) / this.slots.length;
    const every = Math.ceil(NAME_WIDTH / step);
    const last = this.slots.length - 1;
    return html`
      <svg width=${this.width} height=${HEIGHT} role="img" aria-labelledby="chart-title chart-text">
        <title id="chart-title">Saved and spent, ${this.of}</title>
        <desc id="chart-text">
          ${this.slots.length} bars. Highest: ${dollars(most.saved)} saved, ${dollars(most.spent)} spent. The
          table below has the same figures.
        </desc>
        ${line(LEFT, this.width, axis, 'axis')} ${level(most.saved, axis - most.saved * scale, this.width)}
        ${level(most.spent, axis + most.spent * scale, this.width)}
        ${this.slots.map(({ name, saved, spent }, index) => {
          const x = LEFT + index * step;
          return svg`
            <g>
              <title>${name}: ${dollars(saved)} saved, ${dollars(spent)} spent</title>
              <rect class="touch" x=${x} y=${TOP} width=${step} height=${HEIGHT - TOP - BOTTOM}></rect>
              ${bar('saved', x, step, saved * scale, (height) => axis - height)}
              ${bar('spent', x, step, spent * scale, () => axis)}
              ${
                (last - index) % every === 0 && x + step / 2 > LEFT + NAME_WIDTH / 4
                  ? svg`<text x=${x + step / 2} y=${HEIGHT - 6} text-anchor=${anchor(index, last, step)}>${name}</text>`
                  : nothing
              }
            </g>
          `;
        })}
      </svg>
    `;
  }

  #table() {
    return html`
      <details class="folded">
        <summary>Show as a table</summary>
        <table class="warms">
          <thead>
            <tr><th scope="col">Time (UTC)</th><th scope="col">Saved</th><th scope="col">Spent</th></tr>
          </thead>
          <tbody>
            ${this.slots.map(
              ({ name, saved, spent }) => html`
                <tr><th scope="row">${name}</th><td>${dollars(saved)}</td><td>${dollars(spent)}</td></tr>
              `,
            )}
          </tbody>
        </table>
      </details>
    `;
  }
}

const peak = (slots, what) => Math.max(0, ...slots.map((slot) => slot[what]));

/** Centred below a narrow last bar, the name would be cut off by the edge. */
const anchor = (index, last, step) => (index === last && step < NAME_WIDTH ? 'end' : 'middle');

const line = (from, to, y, name) => svg`<line class=${name} x1=${from} x2=${to} y1=${y} y2=${y}></line>`;

function level(amount, y, width) {
  return amount === 0
    ? nothing
    : svg`${line(LEFT, width, y, 'level')}<text x=${LEFT - 6} y=${y + 4} text-anchor="end">${dollars(amount)}</text>`;
}

/** A bar; at least one pixel high unless the amount is zero. */
function bar(kind, x, step, exact, top) {
  const height = Math.max(exact, 1);
  const width = Math.min(step * 0.8, MAX_BAR_WIDTH);
  return exact === 0
    ? nothing
    : svg`<rect class=${kind} x=${x + (step - width) / 2} y=${top(height)} width=${width} height=${height}></rect>`;
}

customElements.define('money-chart', MoneyChart);
