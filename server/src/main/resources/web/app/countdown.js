import { clock } from './clock.js';

/**
 * The time until the next warm as text, `in 3:12`.
 *
 * @param next in milliseconds since 1970; null if none is scheduled
 * @param known false without a connection
 */
export function countdown({ enabled, next, known }) {
  if (!known) {
    return 'Unknown';
  }
  if (!enabled) {
    return 'Paused';
  }
  if (next == null) {
    return 'Waiting';
  }
  const left = next - clock.now();
  return left > 0 ? `in ${minutes(Math.ceil(left / 1000))}` : 'Warming…';
}

/** Minutes and seconds, `3:12`, with hours if there are any. */
function minutes(seconds) {
  const [hours, minute, second] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const padded = String(second).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minute).padStart(2, '0')}:${padded}` : `${minute}:${padded}`;
}

/** A grade for a percentage of cached tokens; also the name of its CSS class. */
export function grade(percent) {
  if (percent >= 80) {
    return 'good';
  }
  return percent >= 40 ? 'fair' : 'poor';
}

/** Whether a model belongs to the simulator. */
export const isSimulated = (model) => model.startsWith('simulator/');
