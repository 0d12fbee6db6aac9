// SPDX-License-Identifier: GPL-3.0-or-later
// What an application does on a good day, against the provider inside the program.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { simulatorConfig, startGateway } from './gateway.js';

const model = 'sim/simulator-1';
const messages = [{ role: 'user', content: 'Say hello' }];
const tool = (name) => ({
  type: 'function',
  function: {
    name,
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
});

let gateway;
before(async () => {
  gateway = await startGateway(simulatorConfig);
});
after(() => gateway?.close());

test('chat gives an answer with usage', async () => {
  const answer = await gateway.client.chat.completions.create({ model, messages });
  assert.equal(answer.object, 'chat.completion');
  assert.equal(answer.choices[0].message.role, 'assistant');
  assert.ok(answer.choices[0].message.content.length > 0);
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
});

test('a stream adds up to the whole answer', async () => {
  const whole = await gateway.client.chat.completions.create({ model, messages });
  const stream = await gateway.client.chat.completions.create({ model, messages, stream: true });
  let text = '';
  let finish;
  let chunks = 0;
  for await (const chunk of stream) {
    chunks += 1;
    assert.equal(chunk.object, 'chat.completion.chunk');
    assert.equal(chunk.usage ?? null, null);
    text += chunk.choices[0].delta.content ?? '';
    finish = chunk.choices[0].finish_reason ?? finish;
  }
  assert.ok(chunks > 3);
  assert.equal(text, whole.choices[0].message.content);
  assert.equal(finish, 'stop');
});

test('a stream ends with usage if that is asked for', async () => {
  const stream = await gateway.client.chat.completions.create({
    model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  let last;
  for await (const chunk of stream) last = chunk;
  assert.deepEqual(last.choices, []);
  assert.ok(last.usage.prompt_tokens > 0);
  assert.ok(last.usage.completion_tokens > 0);
});

test('the stream helper assembles message and usage', async () => {
  const stream = gateway.client.chat.completions.stream({ model, messages });
  const final = await stream.finalChatCompletion();
  assert.ok(final.choices[0].message.content.length > 0);
  assert.equal(final.choices[0].finish_reason, 'stop');
});

test('parallel tool calls go round', async () => {
  const tools = [tool('get_weather'), tool('get_time')];
  const question = [{ role: 'user', content: 'Use get_weather and get_time for Paris' }];
  const call = await gateway.client.chat.completions.create({
    model,
    messages: question,
    tools,
    parallel_tool_calls: true,
  });
  assert.equal(call.choices[0].finish_reason, 'tool_calls');
  const calls = call.choices[0].message.tool_calls;
  assert.deepEqual(calls.map((one) => one.function.name).sort(), ['get_time', 'get_weather']);
  assert.equal(new Set(calls.map((one) => one.id)).size, 2);
  for (const one of calls) assert.equal(typeof JSON.parse(one.function.arguments).city, 'string');

  const results = calls.map((one) => ({ role: 'tool', tool_call_id: one.id, content: `result of ${one.function.name}` }));
  const final = await gateway.client.chat.completions.create({
    model,
    messages: [...question, call.choices[0].message, ...results],
    tools,
  });
  assert.equal(final.choices[0].finish_reason, 'stop');
  assert.match(final.choices[0].message.content, /result of get_(weather|time)/);
});

test('tool calls of a stream assemble', async () => {
  const stream = gateway.client.chat.completions.stream({
    model,
    messages: [{ role: 'user', content: 'Use get_weather and get_time for Paris' }],
    tools: [tool('get_weather'), tool('get_time')],
  });
  const final = await stream.finalChatCompletion();
  const calls = final.choices[0].message.tool_calls;
  assert.equal(calls.length, 2);
  for (const one of calls) assert.equal(typeof JSON.parse(one.function.arguments).city, 'string');
});

test('JSON mode gives JSON', async () => {
  const answer = await gateway.client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'Answer in JSON' }],
    response_format: { type: 'json_object' },
  });
  assert.equal(typeof JSON.parse(answer.choices[0].message.content), 'object');
});

test('structured outputs keep to their schema', async () => {
  const answer = await gateway.client.chat.completions.create({
    model,
    messages,
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'person',
        strict: true,
        schema: {
          type: 'object',
          properties: { name: { type: 'string' }, age: { type: 'integer' } },
          required: ['name', 'age'],
          additionalProperties: false,
        },
      },
    },
  });
  const person = JSON.parse(answer.choices[0].message.content);
  assert.equal(typeof person.name, 'string');
  assert.ok(Number.isInteger(person.age));
});

test('embeddings come as numbers, whichever form the library asks for', async () => {
  const input = ['the cat sat', 'the cat sits', 'quantum chromodynamics'];
  // Without a choice of the caller's the library asks for base64 and decodes it.
  const byDefault = await gateway.client.embeddings.create({ model, input, dimensions: 256 });
  const asNumbers = await gateway.client.embeddings.create({ model, input, dimensions: 256, encoding_format: 'float' });
  assert.deepEqual(byDefault.data.map((one) => one.index), [0, 1, 2]);
  assert.equal(byDefault.usage.total_tokens, byDefault.usage.prompt_tokens);
  for (const [i, { embedding }] of byDefault.data.entries()) {
    assert.equal(embedding.length, 256);
    assert.deepEqual([...embedding], asNumbers.data[i].embedding.map(Math.fround));
  }
  const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const [one, similar, other] = byDefault.data.map((item) => item.embedding);
  assert.ok(cosine(one, similar) > cosine(one, other));
});

test('models are listed and retrieved', async () => {
  const ids = [];
  for await (const one of gateway.client.models.list()) ids.push(one.id);
  assert.ok(ids.includes(model));
  assert.equal(ids.at(-1), 'lunargate/auto');
  const one = await gateway.client.models.retrieve(model);
  assert.equal(one.id, model);
  assert.equal(one.owned_by, 'sim');
});

test('headers tell who answered', async () => {
  const { response, request_id: requestId } = await gateway.client.chat.completions
    .create({ model, messages }, { headers: { 'X-Request-Id': 'mine-1' } })
    .withResponse();
  assert.equal(response.headers.get('x-lunargate-route'), 'default');
  assert.equal(response.headers.get('x-lunargate-provider'), 'sim');
  assert.equal(response.headers.get('x-lunargate-model'), model);
  assert.match(response.headers.get('x-lunargate-request-id'), /^[0-9a-f-]{36}$/);
  assert.equal(requestId, 'mine-1');
});
