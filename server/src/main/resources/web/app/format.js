/** Formats numbers, times and states for display. */

const NUMBER = new Intl.NumberFormat('en');
const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export const number = (value) => (value == null ? '–' : NUMBER.format(value));
export const percent = (value) => (value == null ? '–' : PERCENT.format(value));
const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' });
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

export const dateTime = (iso) => (iso ? MOMENT.format(new Date(iso)) : '–');

/** Date and time, without the date if it is today. */
export function time(when) {
  const date = new Date(when);
  return (date.toDateString() === new Date().toDateString() ? TIME : MOMENT).format(date);
}

/** The time of day, without seconds. */
export const clockTime = (when) => CLOCK.format(new Date(when));

/** `completed_with_errors` with spaces. */
export const spelled = (name) => String(name ?? '').replaceAll(/[_-]/g, ' ');

/** The same as a label: `Completed with errors`. */
export const stateLabel = (name) => spelled(name).replace(/^./, (first) => first.toUpperCase());

export const plural = (count, one, many = one + 's') => `${number(count)} ${count === 1 ? one : many}`;

/** Seconds in their two largest units: `2 min 5 s`. */
export function duration(seconds) {
  if (seconds == null) {
    return '–';
  }
  const whole = Math.max(0, Math.round(seconds));
  const units = [
    ['d', Math.floor(whole / 86400)],
    ['h', Math.floor(whole / 3600) % 24],
    ['min', Math.floor(whole / 60) % 60],
    ['s', whole % 60],
  ];
  const first = units.findIndex(([, count]) => count > 0);
  if (first < 0) {
    return '0 s';
  }
  return units
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count} ${unit}`)
    .join(' ');
}

/** Milliseconds, rounded for display: `640 ms`, `2.2 s`, `1 min 5 s`. */
export function elapsed(milliseconds) {
  if (milliseconds == null) {
    return '–';
  }
  if (milliseconds < 1000) {
    return `${milliseconds} ms`;
  }
  return milliseconds < 10_000 ? `${(milliseconds / 1000).toFixed(1)} s` : duration(milliseconds / 1000);
}

export function byteSize(bytes) {
  if (bytes == null) {
    return '–';
  }
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** step;
  return `${value.toFixed(step === 0 || value >= 100 ? 0 : 1)} ${units[step]}`;
}

/** Parses a duration such as `1h30m` or `5s250ms` into seconds; null if the text is not a duration. */
export function parseDuration(text) {
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(String(text ?? '').trim());
  if (!parts || !/\d/.test(text)) {
    return null;
  }
  const [days, hours, minutes, rest, milliseconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + rest + milliseconds / 1000;
}

/** Text without the line breaks that only wrap a long line. */
export const unwrap = (text) => text.replace(/([^\n])\n(?=[a-z(])/g, '$1 ');
