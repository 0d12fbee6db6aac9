// SPDX-License-Identifier: GPL-3.0-or-later
// Anthropic's own library for JavaScript (Messages API).
import Anthropic from '@anthropic-ai/sdk';
import assert from 'node:assert/strict';
import { failure, finishOf } from './words.js';

const finishes = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'calls',
  max_tokens: 'length',
  refusal: 'filter',
};

const blocksOf = (message, type) => message.content.filter((block) => block.type === type);

function answerOf(message) {
  assert.equal(message.type, 'message');
  assert.equal(message.role, 'assistant');
  assert.ok(message.id.length > 0);
  for (const block of blocksOf(message, 'thinking')) assert.equal(typeof block.signature, 'string');
  const { input_tokens: fresh, cache_read_input_tokens: cached, cache_creation_input_tokens: written } = message.usage;
  return {
    text: blocksOf(message, 'text')
      .map((block) => block.text)
      .join(''),
    thinking: blocksOf(message, 'thinking')
      .map((block) => block.thinking)
      .join(''),
    calls: blocksOf(message, 'tool_use').map(({ id, name, input }) => ({ id, name, arguments: input })),
    finish: finishOf(message.stop_reason, finishes),
    usage: { input: fresh + (cached ?? 0) + (written ?? 0), cached: cached ?? 0, output: message.usage.output_tokens },
    model: message.model,
  };
}

/** Fails unless the events keep to their order (Anthropic API reference, "Streaming Messages"). */
export function checkEvents(events) {
  const types = events.map((event) => event.type);
  assert.equal(types[0], 'message_start');
  const { message } = events[0];
  assert.deepEqual(message.content, []);
  assert.equal(message.stop_reason, null);
  assert.equal(typeof message.usage.input_tokens, 'number');
  assert.equal(typeof message.usage.output_tokens, 'number');
  assert.deepEqual(types.slice(-2), ['message_delta', 'message_stop']);
  assert.equal(types.filter((type) => /^message_/.test(type)).length, 3);
  assert.equal(typeof events.at(-2).usage.output_tokens, 'number');
  let open = null;
  let count = 0;
  for (const { type, index, content_block: block } of events.slice(1, -2)) {
    if (type === 'content_block_start') {
      assert.equal(open, null, 'two blocks are open');
      assert.equal(index, count);
      open = index;
      count += 1;
      if (block.type === 'tool_use') assert.deepEqual(block.input, {});
    } else {
      assert.match(type, /^content_block_(delta|stop)$/);
      assert.equal(index, open);
      if (type === 'content_block_stop') open = null;
    }
  }
  assert.equal(open, null, 'a block stays open');
}

async function streamed(client, params, { onText, signal }) {
  const events = [];
  const stream = client.messages.stream(params, { signal });
  stream.on('streamEvent', (event) => events.push(structuredClone(event)));
  if (onText) stream.on('text', onText);
  const message = await stream.finalMessage();
  checkEvents(events);
  return message;
}

export const connect = (origin) =>
  new Anthropic({ baseURL: origin, apiKey: 'sk-client', authToken: null, maxRetries: 0 });

export const anthropicSdk = {
  name: 'Anthropic SDK',
  signs: () => true,
  finishes: ['length', 'filter'],
  showsThoughts: true,

  open(origin, { model, system, tools, thinks, maxTokens = thinks ? 4096 : 1024 }) {
    const client = connect(origin);
    const messages = [];
    const params = {
      model,
      messages,
      max_tokens: maxTokens,
      ...(system && { system }),
      ...(tools && {
        tools: tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters })),
      }),
      ...(thinks && { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'low' } }),
    };
    return {
      user: (content) => messages.push({ role: 'user', content }),
      results(answer, texts) {
        const content = answer.calls.map(({ id, name }) => ({
          type: 'tool_result',
          tool_use_id: id,
          content: texts[name],
        }));
        messages.push({ role: 'user', content });
      },
      use: (another) => Object.assign(params, { model: another }),
      async ask({ stream, ...options } = {}) {
        const message = stream
          ? await streamed(client, params, options)
          : await client.messages.create(params, { signal: options.signal });
        messages.push({ role: 'assistant', content: message.content });
        return answerOf(message);
      },
    };
  },

  failureOf(thrown) {
    assert.ok(thrown instanceof Anthropic.AnthropicError, `${thrown.stack}`);
    const retryAfter = thrown.headers?.get('retry-after') ?? null;
    return failure(thrown.status, thrown.message, { type: thrown.type, retryAfter });
  },
  isAbort: (thrown) => thrown instanceof Anthropic.APIUserAbortError,
};
