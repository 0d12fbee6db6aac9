// SPDX-License-Identifier: GPL-3.0-or-later
// OpenAI's own library for JavaScript, with the Responses API over a WebSocket: one connection a talk, and each turn names
// the one before it. Nothing is stored, so that the gateway must remember it for the connection.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { answerOf, connect, openaiResponses } from './openai_responses.js';
import { checkEvents } from './responses_events.js';
import { failure } from './words.js';

class FrameError extends OpenAI.OpenAIError {
  constructor({ status, error = {}, message }) {
    super(error.message ?? message);
    this.status = status;
    this.type = error.type;
  }
}

const isEnd = ({ type }) => /^response\.(completed|incomplete|failed)$/.test(type);

/** Resolves when the socket is open, and fails if it does not become so. */
function opened({ socket }) {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
}

/** The events of the answer to `message`. Whoever aborts leaves. */
function eventsFor(socket, message, { onText, signal }) {
  return new Promise((resolve, reject) => {
    const events = [];
    const settle = (finish, value) => {
      socket.off('event', take);
      finish(value);
    };
    const take = (event) => {
      events.push(event);
      if (event.type === 'response.output_text.delta') onText?.(event.delta);
      if (event.type === 'error') settle(reject, new FrameError(event));
      else if (event.type === 'response.failed') settle(reject, new FrameError(event.response));
      else if (isEnd(event)) settle(resolve, events);
    };
    socket.on('event', take);
    socket.socket.once('close', () => settle(reject, new OpenAI.APIConnectionError({ message: 'closed' })));
    signal?.addEventListener('abort', () => {
      socket.close();
      settle(reject, new OpenAI.APIUserAbortError());
    });
    socket.send(message);
  });
}

export const openaiWebsocket = {
  ...openaiResponses,
  name: 'OpenAI WebSocket',

  open(origin, { model, system, tools, thinks, maxTokens }) {
    const socket = new ResponsesWS(connect(origin));
    const isOpen = opened(socket);
    socket.on('error', () => {}); // told by eventsFor()
    let input = [];
    const params = {
      type: 'response.create',
      model,
      store: false,
      ...(system && { instructions: system }),
      ...(maxTokens && { max_output_tokens: maxTokens }),
      ...(tools && { tools: tools.map((tool) => ({ type: 'function', strict: false, ...tool })) }),
      ...(thinks && { reasoning: { effort: 'low', summary: 'auto' }, include: ['reasoning.encrypted_content'] }),
    };
    return {
      user: (content) => input.push({ role: 'user', content }),
      results(answer, texts) {
        for (const { id, name } of answer.calls) {
          input.push({ type: 'function_call_output', call_id: id, output: texts[name] });
        }
      },
      use: (another) => Object.assign(params, { model: another }),
      async ask({ onText, signal } = {}) {
        await isOpen;
        const response = checkEvents(await eventsFor(socket, { ...params, input }, { onText, signal }));
        params.previous_response_id = response.id;
        input = [];
        return answerOf(response);
      },
    };
  },

  failureOf(thrown) {
    assert.ok(thrown instanceof OpenAI.OpenAIError, `${thrown.stack}`);
    return failure(thrown.status, thrown.message, { type: thrown.type });
  },
};
