// SPDX-License-Identifier: GPL-3.0-or-later
// OpenAI's own library for JavaScript, with the Responses API. It remembers nothing with the service: `store` is false.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { checkEvents } from './responses_events.js';
import { failure, finishOf } from './words.js';

const incomplete = { max_output_tokens: 'length', content_filter: 'filter' };

const itemsOf = (response, type) => response.output.filter((item) => item.type === type);
const joined = (items, member) => items.flatMap((item) => item[member] ?? []).map((part) => part.text);

function usageOf({ input_tokens, input_tokens_details, output_tokens, output_tokens_details, total_tokens }) {
  assert.equal(total_tokens, input_tokens + output_tokens);
  return {
    input: input_tokens,
    cached: input_tokens_details.cached_tokens,
    output: output_tokens,
    reasoning: output_tokens_details.reasoning_tokens,
  };
}

/** Fails unless `response` has all that a finished one has. */
export function answerOf(response) {
  assert.equal(response.object, 'response');
  assert.match(response.id, /^resp_/);
  assert.equal(response.error, null);
  const calls = itemsOf(response, 'function_call').map((item) => {
    assert.equal(item.status, 'completed');
    return { id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) };
  });
  const isWhole = response.status === 'completed';
  if (!isWhole) assert.equal(response.status, 'incomplete');
  const finish = isWhole
    ? calls.length > 0
      ? 'calls'
      : 'stop'
    : finishOf(response.incomplete_details.reason, incomplete);
  return {
    text: joined(itemsOf(response, 'message'), 'content').join(''),
    thinking: joined(itemsOf(response, 'reasoning'), 'summary').join(''),
    calls,
    finish,
    usage: usageOf(response.usage),
    model: response.model,
  };
}

async function streamed(client, params, { onText, signal }) {
  const events = [];
  for await (const event of await client.responses.create({ ...params, stream: true }, { signal })) {
    events.push(event);
    if (event.type === 'response.output_text.delta') onText?.(event.delta);
    // The library leaves this to its user.
    if (event.type === 'response.failed') throw new StreamFailure(event.response.error);
    if (event.type === 'error') throw new StreamFailure(event);
  }
  signal?.throwIfAborted();
  return checkEvents(events);
}

class StreamFailure extends OpenAI.OpenAIError {
  constructor({ code, message }) {
    super(message);
    this.code = code;
  }
}

export const connect = (origin) => new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'sk-client', maxRetries: 0 });

export const openaiResponses = {
  name: 'OpenAI Responses',
  signs: () => true,
  finishes: ['length', 'filter'],
  showsThoughts: true,

  open(origin, { model, system, tools, thinks, maxTokens }) {
    const client = connect(origin);
    const input = [];
    const params = {
      model,
      input,
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
      async ask({ stream, ...options } = {}) {
        const response = stream
          ? await streamed(client, params, options)
          : await client.responses.create(params, { signal: options.signal });
        input.push(...response.output);
        return answerOf(response);
      },
    };
  },

  failureOf(thrown) {
    assert.ok(thrown instanceof OpenAI.OpenAIError, `${thrown.stack}`);
    const retryAfter = thrown.headers?.get('retry-after') ?? null;
    return failure(thrown.status, thrown.message, { type: thrown.type, retryAfter });
  },
  isAbort: (thrown) => thrown instanceof OpenAI.APIUserAbortError || thrown.name === 'AbortError',
};
