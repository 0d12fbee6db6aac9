// SPDX-License-Identifier: GPL-3.0-or-later
// OpenAI's library with the Responses API, in front of every protocol (POST /v1/responses and what belongs to it).
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { answerOf, openaiResponses } from './clients/openai_responses.js';
import { openaiWebsocket } from './clients/openai_websocket.js';
import { checkEvents } from './clients/responses_events.js';
import { prove } from './matrix.js';
import { everyProtocol, usage } from './protocols.js';
import { cityParameters, png, Trip, trip, tripText } from './samples.js';

prove(openaiResponses);
prove(openaiWebsocket);

const isOther = (protocol) => protocol.name !== 'responses';
const asked = { input: 'Hello?', store: false };

everyProtocol('the stream helper assembles an answer', async ({ api, client, model }) => {
  api.answer({ text: ['Good', ' day.'], usage });
  const response = await client.responses.stream({ model, ...asked }).finalResponse();
  assert.equal(answerOf(response).text, 'Good day.');
  assert.equal(response.status, 'completed');
  assert.equal(response.store, false);
});

everyProtocol('parse() gives what a zod schema says', async ({ api, client, model, seen }) => {
  const params = { model, ...asked, text: { format: zodTextFormat(Trip, 'trip') } };
  api.answer({ text: [tripText], usage });
  assert.deepEqual((await client.responses.parse(params)).output_parsed, trip);
  assert.deepEqual(Object.keys(seen().schema.properties), ['city', 'days', 'kind', 'stops']);
  api.answer({ text: tripText.match(/[^]{1,9}/gu), usage });
  assert.deepEqual((await client.responses.stream(params).finalResponse()).output_parsed, trip);
});

everyProtocol('statuses of the service are typed', async ({ protocol, api, client, model }) => {
  const classes = { 400: OpenAI.BadRequestError, 404: OpenAI.NotFoundError, 429: OpenAI.RateLimitError };
  for (const status of Object.keys(protocol.errors)) {
    api.answer({ status: Number(status), message: 'the reason' });
    await assert.rejects(client.responses.create({ model, ...asked }), classes[status] ?? OpenAI.APIError);
  }
});

everyProtocol('a failure in mid-stream is one terminal event', async ({ api, client, model }) => {
  api.answer({ text: ['one'], ending: 'error', message: 'fell over', usage });
  const types = [];
  let failed;
  const reading = (async () => {
    for await (const event of await client.responses.create({ model, ...asked, stream: true })) {
      types.push(event.type);
      if (event.type === 'response.failed') failed = event.response;
    }
  })();
  await reading.catch((thrown) => assert.ok(thrown instanceof OpenAI.APIError)); // by an event `error`
  assert.equal(types.filter((type) => /^response\.(completed|incomplete|failed)$/.test(type)).length, failed ? 1 : 0);
  if (!failed) return;
  assert.equal(failed.status, 'failed');
  assert.match(failed.error.message, /fell over/);
  assert.equal(types.at(-1), 'response.failed');
});

everyProtocol('a tool can be forced', async ({ api, client, model, seen }) => {
  api.answer({ calls: [{ name: 'get_time', arguments: '{"city":"Köln"}' }], usage });
  const tools = ['get_time', 'get_weather'].map((name) => ({
    type: 'function',
    name,
    parameters: cityParameters,
    strict: false,
  }));
  const params = { model, ...asked, tools };
  const choice = { type: 'function', name: 'get_time' };
  const { output } = await client.responses.create({ ...params, tool_choice: choice });
  assert.equal(output.at(-1).name, 'get_time');
  assert.equal(seen(0).forced, 'get_time');
  await client.responses.create({ ...params, tool_choice: 'required' });
  assert.equal(seen(1).forced, 'required');
});

everyProtocol('pictures arrive', async ({ api, client, model, seen }) => {
  api.answer({ text: ['A pixel.'], usage });
  const content = [
    { type: 'input_text', text: 'What is this?' },
    { type: 'input_image', image_url: `data:image/png;base64,${png}`, detail: 'auto' },
  ];
  await client.responses.create({ model, store: false, input: [{ role: 'user', content }] });
  assert.deepEqual(seen().images, [['image/png', png]]);
  assert.deepEqual(seen().user, ['What is this?']);
});

const patch = '*** Begin Patch\n*** Add File: ü.txt\n+"Hello"\n*** End Patch';
const applyPatch = {
  type: 'custom',
  name: 'apply_patch',
  description: 'Edits files',
  format: { type: 'grammar', syntax: 'lark', definition: 'start: /.+/s' },
};

for (const stream of [false, true]) {
  everyProtocol(`a custom tool goes round, ${stream ? 'streamed' : 'whole'}`, async ({ api, client, model, seen }) => {
    api.answer(
      { calls: [{ name: 'apply_patch', arguments: JSON.stringify({ input: patch }) }], usage },
      { text: ['Done.'], usage },
    );
    const input = [{ role: 'user', content: 'Write a file.' }];
    const params = { model, store: false, tools: [applyPatch] };
    const first = await responseOf(client, { ...params, input }, stream);
    const call = first.output.at(-1);
    assert.equal(call.type, 'custom_tool_call');
    assert.equal(call.name, 'apply_patch');
    assert.equal(call.input, patch);

    input.push(...first.output, { type: 'custom_tool_call_output', call_id: call.call_id, output: 'ok' });
    const second = await responseOf(client, { ...params, input }, stream);
    assert.equal(answerOf(second).text, 'Done.');
    assert.deepEqual(seen(1).results, ['apply_patch: ok']);
  });
}

async function responseOf(client, params, stream) {
  if (!stream) return client.responses.create(params);
  const events = [];
  for await (const event of await client.responses.create({ ...params, stream })) events.push(event);
  return checkEvents(events);
}

everyProtocol(
  'what the service has no tool for is refused by name',
  async ({ api, client, model }) => {
    const tools = [{ type: 'file_search', vector_store_ids: ['vs_1'] }];
    const refused = client.responses.create({ model, ...asked, tools, tool_choice: { type: 'file_search' } });
    await assert.rejects(refused, (thrown) => {
      assert.ok(thrown instanceof OpenAI.BadRequestError, `${thrown}`);
      assert.match(`${thrown.param} ${thrown.message}`, /tools|tool_choice/);
      return true;
    });
    assert.equal(api.calls.length, 0);
  },
  isOther,
);

everyProtocol('an answer is gone on with by its id', async ({ api, client, model, seen }) => {
  api.answer({ thinking: ['Hm.'], text: ['Two.'], usage }, { text: ['Three.'], usage });
  const first = await client.responses.create({ model, instructions: 'Be brief.', input: 'One.' });
  assert.equal(first.store, true);
  const params = { model, previous_response_id: first.id, input: 'And then?' };
  const second = await client.responses.create(params);
  assert.equal(second.output_text, 'Three.');
  assert.equal(second.previous_response_id ?? first.id, first.id);
  assert.deepEqual(seen(1).user, ['One.', 'And then?']);
  assert.deepEqual(seen(1).assistant, ['Two.']);
  assert.equal(seen(1).system, '', 'instructions are not inherited');
});

everyProtocol(
  'what was stored can be read and deleted',
  async ({ api, client, model }) => {
    api.answer({ text: ['Two.'], usage });
    const stream = client.responses.stream({ model, input: 'One.' });
    const { id } = await stream.finalResponse();
    assert.equal((await client.responses.retrieve(id)).output_text, 'Two.');
    const items = [];
    for await (const item of client.responses.inputItems.list(id)) items.push(item);
    assert.equal(items.length, 1);
    assert.equal(items[0].role, 'user');
    await client.responses.delete(id);
    await assert.rejects(client.responses.retrieve(id), OpenAI.NotFoundError);
    const gone = client.responses.create({ model, previous_response_id: id, input: 'And?' });
    await assert.rejects(gone, (thrown) => {
      assert.equal(thrown.code, 'previous_response_not_found');
      return thrown instanceof OpenAI.BadRequestError;
    });
  },
  isOther,
);
