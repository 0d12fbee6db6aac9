// SPDX-License-Identifier: GPL-3.0-or-later
// The same client code gets the same answers, whatever protocol the service behind the gateway speaks.
import assert from 'node:assert/strict';
import { zodResponseFormat } from 'openai/helpers/zod';
import OpenAI from 'openai';
import { clientUsage, everyProtocol, usage, ways } from './protocols.js';
import { png, Trip, trip, tripText } from './samples.js';

const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello?' },
];
const text = ['Hello', ' wörld', ' 🌍, how', ' are you?'];
const whole = text.join('');

async function chunksOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const joined = (chunks, member) => chunks.map((chunk) => chunk.choices[0]?.delta[member] ?? '').join('');

everyProtocol('a question is answered', async ({ protocol, api, client, model, seen }) => {
  api.answer({ text, usage });
  const { data: answer, response } = await client.chat.completions
    .create({ model, messages, temperature: 0.5, max_tokens: 99 })
    .withResponse();
  assert.equal(answer.object, 'chat.completion');
  assert.ok(answer.id);
  assert.equal(answer.model, protocol.model);
  assert.equal(answer.choices.length, 1);
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert.equal(answer.choices[0].message.role, 'assistant');
  assert.equal(answer.choices[0].message.content, whole);
  assert.deepEqual(answer.usage, clientUsage(protocol));
  assert.equal(response.headers.get('x-lunargate-model'), model);
  assert.equal(response.headers.get('x-lunargate-attempts'), '1');
  assert.equal(response.headers.get('x-lunargate-dropped-params'), null);
  assert.equal(seen().system, 'Be brief.');
  assert.deepEqual(seen().user, ['Hello?']);
  assert.equal(seen().temperature, 0.5);
  assert.equal(seen().maxTokens, 99);
  assert.ok(!seen().isStored, 'nothing is left with the service that nobody asked it to keep');
});

everyProtocol('instructions of a developer arrive as such', async ({ api, client, model, seen }) => {
  api.answer({ text, usage });
  const instructions = { role: 'developer', content: [{ type: 'text', text: 'Speak French.' }] };
  await client.chat.completions.create({ model, messages: [instructions, ...messages] });
  assert.match(seen().system, /Speak French\.\s+Be brief\./);
  assert.deepEqual(seen().user, ['Hello?']);
});

everyProtocol('a stream comes in pieces and says nothing of usage', async ({ protocol, api, client, model }) => {
  api.answer({ text, usage });
  const chunks = await chunksOf(await client.chat.completions.create({ model, messages, stream: true }));
  for (const chunk of chunks) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    assert.equal(chunk.id, chunks[0].id);
    assert.equal(chunk.model, protocol.model);
    assert.equal(chunk.usage ?? null, null);
    assert.equal(chunk.choices.length, 1);
  }
  assert.equal(chunks[0].choices[0].delta.role, 'assistant');
  assert.equal(joined(chunks, 'content'), whole);
  assert.ok(chunks.filter((chunk) => chunk.choices[0].delta.content).length >= text.length, 'not in pieces');
  assert.deepEqual(chunks.map((chunk) => chunk.choices[0].finish_reason).filter(Boolean), ['stop']);
});

everyProtocol('a stream ends with usage where that is asked for', async ({ protocol, api, client, model }) => {
  api.answer({ text, usage });
  const params = { model, messages, stream: true, stream_options: { include_usage: true } };
  const chunks = await chunksOf(await client.chat.completions.create(params));
  const last = chunks.pop();
  assert.deepEqual(last.choices, []);
  assert.deepEqual(last.usage, clientUsage(protocol));
  for (const chunk of chunks) assert.equal(chunk.usage, null);
});

everyProtocol('whole answer and assembled stream are the same', async ({ protocol, api, client, model }) => {
  const answers = [];
  for (const ask of Object.values(ways)) {
    api.answer({ text, usage });
    const { choices, usage: used, model: named } = await ask(client, { model, messages });
    const { content, role, refusal } = choices[0].message;
    answers.push({ content, role, refusal, finish: choices[0].finish_reason, used, named });
  }
  assert.deepEqual(answers[1], answers[0]);
  assert.deepEqual(answers[0].used, clientUsage(protocol));
});

for (const [way, ask] of Object.entries(ways)) {
  everyProtocol(`an answer that became too long says so, ${way}`, async ({ api, client, model }) => {
    api.answer({ text, finish: 'length', usage });
    const answer = await ask(client, { model, messages, max_completion_tokens: 16 });
    assert.equal(answer.choices[0].finish_reason, 'length');
    assert.equal(answer.choices[0].message.content, whole);
  });

  everyProtocol(
    `an answer that was filtered says so, ${way}`,
    async ({ api, client, model }) => {
      api.answer({ text, finish: 'filter', usage });
      const answer = await ask(client, { model, messages });
      assert.equal(answer.choices[0].finish_reason, 'content_filter');
    },
    (protocol) => protocol.canFilter !== false,
  );
}

// OpenRouter says `reasoning`, everybody else `reasoning_content`.
const thoughtsOf = (message) => message.reasoning_content ?? message.reasoning;

everyProtocol('thoughts come beside the answer', async ({ api, client, model }) => {
  const script = { thinking: ['Let me', ' think.'], text, usage };
  const params = { model, messages, reasoning_effort: 'low' };
  api.answer(script);
  const { message } = (await client.chat.completions.create(params)).choices[0];
  assert.equal(thoughtsOf(message), 'Let me think.');
  assert.equal(message.content, whole);

  api.answer(script);
  const chunks = await chunksOf(await client.chat.completions.create({ ...params, stream: true }));
  assert.equal(chunks.map((chunk) => thoughtsOf(chunk.choices[0].delta) ?? '').join(''), 'Let me think.');
  assert.equal(joined(chunks, 'content'), whole);
  const firstText = chunks.findIndex((chunk) => chunk.choices[0].delta.content);
  assert.ok(chunks.slice(firstText).every((chunk) => !thoughtsOf(chunk.choices[0].delta)));
});

everyProtocol('a picture as data URL arrives', async ({ api, client, model, seen }) => {
  api.answer({ text, usage });
  const content = [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
  ];
  const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content }] });
  assert.equal(answer.choices[0].message.content, whole);
  assert.deepEqual(seen().images, [['image/png', png]]);
  assert.deepEqual(seen().user, ['What is this?']);
});

const responseFormat = zodResponseFormat(Trip, 'trip');

everyProtocol('parse() gives what a zod schema says', async ({ api, client, model, seen }) => {
  api.answer({ text: [tripText], usage });
  const params = { model, messages, response_format: responseFormat };
  const answer = await client.chat.completions.parse(params);
  assert.deepEqual(answer.choices[0].message.parsed, trip);
  const { properties, required } = seen().schema;
  assert.deepEqual(Object.keys(properties), ['city', 'days', 'kind', 'stops']);
  assert.equal(properties.city.description, 'where to');
  assert.deepEqual(properties.kind.enum, ['work', 'holiday']);
  assert.deepEqual(required, ['city', 'days', 'kind', 'stops']);

  api.answer({ text: tripText.match(/[^]{1,9}/gu), usage });
  const streamed = await ways.streamed(client, params);
  assert.deepEqual(streamed.choices[0].message.parsed, trip);

  api.answer({ text: [tripText.slice(0, 20)], finish: 'length', usage });
  await assert.rejects(client.chat.completions.parse(params), OpenAI.LengthFinishReasonError);
});

everyProtocol('JSON can be asked for', async ({ api, client, model, seen }) => {
  api.answer({ text: ['{"a":', '1}'], usage });
  const answer = await client.chat.completions.create({ model, messages, response_format: { type: 'json_object' } });
  assert.deepEqual(JSON.parse(answer.choices[0].message.content), { a: 1 });
  assert.ok(seen().wantsJson);
});

everyProtocol(
  'what the service cannot be told is named',
  async ({ protocol, api, client, model }) => {
    const names = Object.keys(protocol.dropped).sort();
    for (const stream of [false, true]) {
      api.answer({ text, usage });
      const { data, response } = await client.chat.completions
        .create({ model, messages, ...protocol.dropped, stream })
        .withResponse();
      assert.deepEqual(response.headers.get('x-lunargate-dropped-params')?.split(', ').sort(), names);
      if (stream) assert.equal(joined(await chunksOf(data), 'content'), whole);
    }
  },
  ({ dropped }) => Object.keys(dropped).length > 0,
);

everyProtocol(
  'what the service cannot serve is refused before it is asked',
  async ({ protocol, api, client, model }) => {
    for (const [param, params] of Object.entries(protocol.refused)) {
      for (const stream of [false, true]) {
        await assert.rejects(client.chat.completions.create({ model, messages, ...params, stream }), (thrown) => {
          assert.ok(thrown instanceof OpenAI.BadRequestError, `${param}: ${thrown}`);
          assert.equal(thrown.type, 'invalid_request_error');
          assert.ok(thrown.param.startsWith(param), thrown.param);
          assert.match(thrown.message, new RegExp(`'${protocol.name}'`));
          assert.ok(thrown.message.includes(`'${param}`), thrown.message);
          assert.equal(thrown.headers.get('x-lunargate-error-source'), 'gateway');
          return true;
        });
      }
    }
    assert.equal(api.calls.length, 0);
  },
  ({ refused }) => Object.keys(refused).length > 0,
);
