// SPDX-License-Identifier: GPL-3.0-or-later
// How OpenAI's APIs take a key and refuse (OpenAI API reference, "Authentication"; OpenAI docs, "Error codes").
import { Refusal, sendJson } from './fake_api.js';

const codes = { 401: 'invalid_api_key', 404: 'model_not_found', 429: 'rate_limit_exceeded' };
const types = { 429: 'requests', 500: 'server_error', 503: 'server_error' };

/** `authorise` of a service that takes `key` as bearer token. */
export function bearer(key, message = 'Incorrect API key provided') {
  return ({ headers }) => {
    if (headers.authorization !== `Bearer ${key}`) throw new Refusal(401, message);
  };
}

/** How an API refuses, and what a client gets for it. `ownCodes`: what only this API says, by status. */
export function openaiErrors(ownCodes = {}) {
  const errorOf = (status) => ({
    type: types[status] ?? 'invalid_request_error',
    code: ownCodes[status] ?? codes[status] ?? null,
  });
  return {
    errors: Object.fromEntries([400, 401, 404, 429, 500, 503].map((status) => [status, errorOf(status)])),
    sendFailure(response, { status, message, retryAfter }) {
      const { type, code } = errorOf(status);
      const error = { message, type, param: null, code };
      sendJson(response, { error }, status, retryAfter ? { 'retry-after': `${retryAfter}` } : {});
    },
  };
}
