/**
 * How amounts of money are written and read. They are whole micro-dollars, a million to the dollar,
 * and are never made fractions.
 */

const DOLLAR = 1_000_000n;
const PLACES = 4;
const SMALLEST = 100n;
const GROUPED = new Intl.NumberFormat('en');
const AMOUNT = /^\$?\s*(\d{1,9})(?:\.(\d{1,6})0*)?$/;

/** An amount for people, with four decimal places, rounded half up. */
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

/** The same to the last micro-dollar, as somebody would type it: `2.50`, `0.000001`. */
export function exactly(micros) {
  const amount = BigInt(micros);
  const fraction = String(amount % DOLLAR).padStart(6, '0').replace(/0{1,4}$/, '');
  return `${amount / DOLLAR}.${fraction}`;
}

/** Micro-dollars of dollars that somebody typed; null if they are none. */
export function microsOf(text) {
  const [, whole, fraction = ''] = AMOUNT.exec(text.trim()) ?? [];
  return whole === undefined ? null : Number(BigInt(whole) * DOLLAR + BigInt(fraction.padEnd(6, '0')));
}
