// SPDX-License-Identifier: GPL-3.0-or-later
// What the fake providers have in common: they listen, check every request as the real service would, keep it, and answer
// what the test has told them to.
import { once } from 'node:events';
import http from 'node:http';

/** Why the service refuses a request; it says so in its own words. */
export class Refusal extends Error {
  constructor(status, message, more = {}) {
    super(message);
    Object.assign(this, { status, ...more });
  }
}

/** Refuses with 400 unless `condition` holds. */
export function demand(condition, message) {
  if (!condition) throw new Refusal(400, message);
}

/** Refuses an object that lacks a member or has one that the service does not know. `unknown(place)` words the latter. */
export function checkMembers(object, place, required, optional = [], unknown = (name) => `${name}: unknown`) {
  demand(
    object !== null && typeof object === 'object' && !Array.isArray(object),
    `${place || 'body'}: must be an object`,
  );
  const at = (name) => (place ? `${place}.${name}` : name);
  for (const name of required) demand(object[name] !== undefined, `${at(name)}: Field required`);
  for (const name of Object.keys(object)) {
    demand(required.includes(name) || optional.includes(name), unknown(at(name), name));
  }
}

/** Refuses what is no base64 of a picture, document or sound. */
export function checkBase64(text, place) {
  demand(typeof text === 'string' && /^[A-Za-z0-9+/]+=*$/.test(text) && text.length % 4 === 0, `${place}: no base64`);
}

export const jsonType = { 'Content-Type': 'application/json' };

/**
 * A service on 127.0.0.1. `routes` maps `POST /path` to a function of the call and of `next()`, which lets the call in
 * and says what to answer. `authorise(request)` throws a Refusal; `refuse(response, refusal)` writes one.
 *
 * The test says with `answer(...scripts)` what comes, one script a request; the last one stays. `calls` are the requests
 * that were let in, with their bytes as `text`; each has a promise `left`, fulfilled if the other side goes before it has
 * the whole answer.
 */
export async function startApi({ routes, authorise, refuse, key }) {
  const api = { calls: [], scripts: [], refusals: [] };
  const arrived = [];
  const server = http.createServer(async (request, response) => {
    try {
      const url = new URL(request.url, 'http://fake');
      let text = '';
      for await (const piece of request.setEncoding('utf8')) text += piece;
      demand(!request.url.includes(key), 'the key is in the address');
      demand(!JSON.stringify(request.headers).includes('sk-client'), "the client's key must not leave the gateway");
      authorise(request);
      const route = routes[`${request.method} ${url.pathname}`];
      if (!route) throw new Refusal(404, `no ${request.method} ${url.pathname}`);
      const hasBody = request.method === 'POST';
      demand(!hasBody || request.headers['content-type'] === 'application/json', 'not said to be JSON');
      const call = {
        url,
        headers: request.headers,
        text,
        body: hasBody ? JSON.parse(text) : undefined,
        response,
        left: new Promise((resolve) => {
          response.once('close', () => response.writableFinished || resolve());
        }),
      };
      await route(call, () => {
        api.calls.push(call);
        arrived.splice(0).forEach((tell) => tell(call));
        return api.scripts.length > 1 ? api.scripts.shift() : api.scripts[0];
      });
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(400, `the fake cannot read this: ${error.stack}`);
      api.refusals.push(refusal.message);
      refuse(response, refusal);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  api.origin = `http://127.0.0.1:${server.address().port}`;
  /** These come from now on. What was is forgotten. */
  api.answer = (...scripts) => {
    api.scripts = scripts;
    api.calls.length = 0;
    api.refusals.length = 0;
  };
  /** The next request that is let in. */
  api.nextCall = () => new Promise((tell) => arrived.push(tell));
  api.close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return api;
}

/**
 * Writes a stream, in pieces that end where no event does, as a network cuts it. How it ends: as it should; `cut`, in the
 * midst; `stall`, not at all.
 */
export async function sendStream(response, contentType, frames, ending) {
  response.writeHead(200, { 'Content-Type': contentType });
  const bytes = Buffer.from(frames.join(''));
  const middle = Math.floor(bytes.length / 2);
  for (const piece of [bytes.subarray(0, middle), bytes.subarray(middle)]) {
    await new Promise((written) => {
      response.write(piece, written);
    });
  }
  if (ending === 'cut') response.socket.destroy();
  else if (ending !== 'stall') response.end();
}

export function sendJson(response, body, status = 200, headers = {}) {
  response.writeHead(status, { ...jsonType, ...headers });
  response.end(JSON.stringify(body));
}

/** What a custom tool is called with: in a function's arguments, where the service knows no custom tools. */
export const inputOf = (call) => JSON.parse(call.arguments).input;

/** `text` in pieces, for arguments that come bit by bit. */
export function inPieces(text, length = 7) {
  return text.match(new RegExp(`[^]{1,${length}}`, 'gu')) ?? [''];
}

/** The numbers that stand for `text` in every fake: three that float32 holds exactly. */
export function vectorOf(text) {
  return [text.length / 4, -0.5, text.charCodeAt(0) / 8];
}
