// SPDX-License-Identifier: GPL-3.0-or-later
// Ollama's own library for JavaScript.
import assert from 'node:assert/strict';
import { Ollama } from 'ollama';
import { failure, finishOf } from './words.js';

const finishes = { stop: 'stop', length: 'length' };

/** Fails unless `line` has what the last one of an answer has. */
export function checkEnd(line) {
  assert.equal(line.done, true);
  assert.ok(!Number.isNaN(Date.parse(line.created_at)), line.created_at);
  const durations = ['total_duration', 'load_duration', 'prompt_eval_duration', 'eval_duration'];
  for (const name of [...durations, 'eval_count', 'prompt_eval_count']) assert.ok(line[name] > 0, name);
  const [total, ...parts] = durations.map((name) => line[name]);
  for (const part of parts) assert.ok(part <= total, `${part} of ${total}`);
}

function answerOf(message, end) {
  checkEnd(end);
  const calls = (message.tool_calls ?? []).map(({ id, function: { name, arguments: given } }) => ({
    id,
    name,
    arguments: given,
  }));
  return {
    text: message.content,
    thinking: message.thinking ?? '',
    calls,
    finish: calls.length > 0 ? 'calls' : finishOf(end.done_reason, finishes),
    usage: { input: end.prompt_eval_count, output: end.eval_count },
    model: end.model,
  };
}

/** Puts the lines of a stream together, as their readers do. */
async function assembled(stream, { onText, signal }) {
  const message = { role: 'assistant', content: '' };
  signal?.addEventListener('abort', () => stream.abort());
  for await (const line of stream) {
    const { content, thinking, tool_calls: calls } = line.message;
    if (content) onText?.(content);
    message.content += content;
    if (thinking) message.thinking = (message.thinking ?? '') + thinking;
    if (calls) message.tool_calls = [...(message.tool_calls ?? []), ...calls];
    if (line.done) return { message, end: line };
  }
  throw new Error('the library ended without a last line');
}

/** The library cannot abort an answer that is not streamed, but its user can. */
const connect = (origin, signal) =>
  new Ollama({
    host: origin,
    headers: { Authorization: 'Bearer sk-client' },
    ...(signal && { fetch: (url, options) => fetch(url, { ...options, signal }) }),
  });

export const ollamaJs = {
  name: 'Ollama',
  // There is no place for signatures in this protocol: only thoughts that need none go round.
  signs: (protocol) => protocol.name === 'ollama',
  finishes: ['length'],
  showsThoughts: true,

  open(origin, { model, system, tools, thinks, maxTokens }) {
    const messages = system ? [{ role: 'system', content: system }] : [];
    const params = {
      model,
      messages,
      ...(tools && { tools: tools.map((tool) => ({ type: 'function', function: tool })) }),
      ...(thinks && { think: true }),
      ...(maxTokens && { options: { num_predict: maxTokens } }),
    };
    return {
      user: (content) => messages.push({ role: 'user', content }),
      results(answer, texts) {
        for (const { id, name } of answer.calls) {
          messages.push({ role: 'tool', tool_name: name, content: texts[name], ...(id && { tool_call_id: id }) });
        }
      },
      use: (another) => Object.assign(params, { model: another }),
      async ask({ stream, ...options } = {}) {
        const { message, end } = stream
          ? await assembled(await connect(origin).chat({ ...params, stream: true }), options)
          : await connect(origin, options.signal)
              .chat(params)
              .then((whole) => ({ message: whole.message, end: whole }));
        messages.push(message);
        return answerOf(message, end);
      },
    };
  },

  failureOf(thrown) {
    assert.ok(thrown instanceof Error);
    return failure(thrown.status_code, thrown.message);
  },
  isAbort: (thrown) => thrown.name === 'AbortError',
};
