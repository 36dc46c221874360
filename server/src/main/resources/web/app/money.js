/** Formats and parses money: whole micro-dollars, a million to the dollar, without floating point. */

const DOLLAR = 1_000_000n;
const PLACES = 4;
const SMALLEST = 100n;
const GROUPED = new Intl.NumberFormat('en');
const AMOUNT = /^\$?\s*(\d{1,9})(?:\.(\d{1,6})0*)?$/;

/** For display: four decimal places, rounded half up. */
export function dollars(micros) {
  if (micros == null) {
    return '–';
  }
  const sign = micros < 0 ? '−' : '';
  const amount = BigInt(Math.abs(micros));
  if (amount > 0n && amount < SMALLEST) {
    return `${sign}<$0.0001`;
  }
  const rounded = (amount + SMALLEST / 2n) / SMALLEST;
  const perDollar = DOLLAR / SMALLEST;
  return `${sign}$${GROUPED.format(rounded / perDollar)}.${String(rounded % perDollar).padStart(PLACES, '0')}`;
}

/** Exact, for input fields: `2.50`, `0.000001`. */
export function exactDollars(micros) {
  const amount = BigInt(micros);
  const fraction = String(amount % DOLLAR).padStart(6, '0').replace(/0{1,4}$/, '');
  return `${amount / DOLLAR}.${fraction}`;
}

/** Parses dollars into micro-dollars; null if the text is not an amount. */
export function parseDollars(text) {
  const [, whole, fraction = ''] = AMOUNT.exec(text.trim()) ?? [];
  return whole === undefined ? null : Number(BigInt(whole) * DOLLAR + BigInt(fraction.padEnd(6, '0')));
}
