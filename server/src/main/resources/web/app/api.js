/** Talks to the server. Every failure is a Problem, whose message is fit to be shown. */
import { clock } from './clock.js';

export class Problem extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Where a path of the server is: beside this page, which a proxy may have put below another path. */
export const urlOf = (path) => new URL(`.${path}`, document.baseURI).href;

/** Told on the window when the server wants to know who we are. */
export const STRANGER = 'stoker-stranger';

/** Members of a query that are null are left out. */
export const get = (path, query) => call('GET', path + search(query));
export const post = (path, json, headers) => call('POST', path, asJson(json), headers);
export const put = (path, json) => call('PUT', path, asJson(json));
export const remove = (path, query) => call('DELETE', path + search(query));

/** Sends a body as it is: a form with files, or text. */
export const send = (path, body, headers) => call('POST', path, { body }, headers);

function asJson(json) {
  return { body: JSON.stringify(json ?? {}), type: 'application/json' };
}

async function call(method, path, content = {}, headers = {}) {
  const type = content.type ? { 'Content-Type': content.type } : {};
  const answer = await reach(path, {
    method,
    body: content.body,
    headers: { Accept: 'application/json, application/problem+json', ...type, ...headers },
  });
  const body = await read(answer);
  if (answer.ok) {
    return body;
  }
  if (answer.status === 401) {
    window.dispatchEvent(new Event(STRANGER));
  }
  throw new Problem(answer.status, body?.code ?? '', words(answer, body));
}

async function reach(path, request) {
  const asked = Date.now();
  try {
    const answer = await fetch(urlOf(path), { credentials: 'same-origin', ...request });
    clock.hear(answer.headers.get('Date'), asked);
    return answer;
  } catch {
    throw new Problem(0, 'unreachable', 'The server cannot be reached. Is it running? Try again.');
  }
}

async function read(answer) {
  const isJson = (answer.headers.get('Content-Type') ?? '').includes('json');
  try {
    return isJson ? await answer.json() : null;
  } catch {
    throw new Problem(answer.status, 'cut', 'The answer of the server was cut off. Try again.');
  }
}

function words(answer, body) {
  if (body?.detail) {
    return body.detail;
  }
  return `The server refused: ${answer.status} ${answer.statusText}`.trim();
}

function search(query) {
  const given = Object.entries(query ?? {}).filter(([, value]) => value != null);
  return given.length === 0 ? '' : '?' + new URLSearchParams(given);
}

/** A key by which the server knows a request that is sent twice. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
