/** Calls the server. Every failure is a `Problem`, with a message for users. */
import { clock } from './clock.js';

export class Problem extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The URL of a server path. Relative to this page, since a proxy may serve it below another path. */
export const urlOf = (path) => new URL(`.${path}`, document.baseURI).href;

/** Fired on the window when the server responds with 401. */
export const UNAUTHENTICATED = 'stoker-unauthenticated';

/** Query parameters that are null are left out. */
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
  const response = await reach(path, {
    method,
    body: content.body,
    headers: { Accept: 'application/json, application/problem+json', ...type, ...headers },
  });
  const body = await read(response);
  if (response.ok) {
    return body;
  }
  if (response.status === 401) {
    window.dispatchEvent(new Event(UNAUTHENTICATED));
  }
  throw new Problem(response.status, body?.code ?? '', messageOf(response, body));
}

async function reach(path, request) {
  const requestedAt = Date.now();
  try {
    const response = await fetch(urlOf(path), { credentials: 'same-origin', ...request });
    clock.synchronize(response.headers.get('Date'), requestedAt);
    return response;
  } catch {
    throw new Problem(0, 'unreachable', 'Cannot reach the server. Check that it is running, then try again.');
  }
}

async function read(response) {
  const isJson = (response.headers.get('Content-Type') ?? '').includes('json');
  try {
    return isJson ? await response.json() : null;
  } catch {
    throw new Problem(response.status, 'cut', 'The server’s response was incomplete. Try again.');
  }
}

function messageOf(response, body) {
  if (body?.detail) {
    return body.detail;
  }
  return `The server responded with ${response.status} ${response.statusText}`.trim();
}

function search(query) {
  const present = Object.entries(query ?? {}).filter(([, value]) => value != null);
  return present.length === 0 ? '' : '?' + new URLSearchParams(present);
}

/** A random key: for requests that may be sent twice, and for new conversations. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
