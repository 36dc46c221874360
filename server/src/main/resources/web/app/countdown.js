import { clock } from './clock.js';
import { span } from './words.js';

/**
 * When the next warm is due, in words. Whatever the server told last: a time that has passed counts
 * no further, and without a connection nothing is known.
 *
 * @param next in milliseconds since 1970; null if none is due
 */
export function countdown({ enabled, next, known }) {
  if (!known) {
    return 'not known';
  }
  if (!enabled) {
    return 'paused';
  }
  if (next == null) {
    return 'waiting';
  }
  const left = next - clock.now();
  return left > 0 ? `in ${span(Math.ceil(left / 1000))}` : 'warming …';
}

/** How good a share of what was cached was still there, in a word that also says how it looks. */
export function grade(percent) {
  if (percent >= 80) {
    return 'good';
  }
  return percent >= 40 ? 'fair' : 'poor';
}

/** Whether a model is one of the simulator's. */
export const isSimulated = (model) => model.startsWith('simulator/');
