/** The periods of the ledger page, in days that start at midnight UTC. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MAX_SLOTS = 100;

const HOUR_NAME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
const DAY_NAME = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

const byHour = { by: 'hour', step: HOUR, key: (iso) => iso.slice(0, 13) + ':00Z', name: HOUR_NAME };
const byDay = { by: 'day', step: DAY, key: (iso) => iso.slice(0, 10), name: DAY_NAME };

/** `days` is null for the whole ledger. */
export const PERIODS = [
  { id: 'today', label: 'Today', days: 1, ...byHour },
  { id: '7', label: '7 days', days: 7, ...byDay },
  { id: '30', label: '30 days', days: 30, ...byDay },
  { id: 'all', label: 'All', days: null, ...byDay },
];

const midnight = (now) => now - (now % DAY);

/** The start of a period, in milliseconds since 1970; null for the whole ledger. */
export const beginOf = ({ days }, now) => (days === null ? null : midnight(now) - (days - 1) * DAY);

/**
 * The money saved and spent in each hour or day of a period until now, empty ones included.
 *
 * @param groups the ledger by hour or day, in chronological order
 */
export function slots(period, groups, now) {
  const known = new Map(groups.map(({ name, sums }) => [name, sums]));
  const last = now - (now % period.step);
  const begin = beginOf(period, now) ?? Date.parse(groups[0]?.name ?? new Date(last).toISOString());
  const first = Math.max(begin, last - (MAX_SLOTS - 1) * period.step);
  return Array.from({ length: Math.floor((last - first) / period.step) + 1 }, (_, index) => {
    const when = first + index * period.step;
    const sums = known.get(period.key(new Date(when).toISOString()));
    return { name: period.name.format(when), saved: sums?.saved_micros ?? 0, spent: sums?.spent_micros ?? 0 };
  });
}
