// SPDX-License-Identifier: GPL-3.0-or-later
// Anthropic's library in front of every protocol (POST /v1/messages and what belongs to it).
import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import assert from 'node:assert/strict';
import { z } from 'zod';
import { anthropicSdk, connect } from './clients/anthropic_sdk.js';
import { prove } from './matrix.js';
import { everyProtocol, modelOf, protocols, usage } from './protocols.js';
import { cityParameters, png, Trip, trip, tripText } from './samples.js';
import { countedTokens } from './upstreams/anthropic.js';

prove(anthropicSdk);

const question = [{ role: 'user', content: 'Hello?' }];
const isNative = (protocol) => protocol.name === 'anthropic';
const isOther = (protocol) => !isNative(protocol);

// Anthropic API reference, "Errors".
const types = {
  400: ['invalid_request_error'],
  401: ['authentication_error'],
  404: ['not_found_error'],
  429: ['rate_limit_error'],
  500: ['api_error'],
  503: ['api_error', 'overloaded_error'],
  529: ['overloaded_error'],
};

everyProtocol('failures have the types of the Messages API', async ({ protocol, api, origin, model }) => {
  for (const status of Object.keys(protocol.errors)) {
    api.answer({ status: Number(status), message: 'the reason' });
    await assert.rejects(connect(origin).messages.create({ model, max_tokens: 99, messages: question }), (thrown) => {
      assert.ok(thrown instanceof Anthropic.APIError, `${thrown}`);
      assert.equal(thrown.error.type, 'error');
      assert.ok(types[status].includes(thrown.type), `${status}: ${thrown.type}`);
      assert.ok(thrown.requestID, 'no request-id');
      return true;
    });
  }
});

everyProtocol('an error in mid-stream has a type', async ({ protocol, api, origin, model }) => {
  api.answer({ text: ['one'], ending: 'error', message: 'fell over', usage });
  const stream = connect(origin).messages.stream({ model, max_tokens: 99, messages: question });
  await assert.rejects(stream.finalMessage(), (thrown) => {
    assert.equal(thrown.error.type, 'error');
    const expected = isNative(protocol) ? ['overloaded_error'] : ['overloaded_error', 'api_error'];
    assert.ok(expected.includes(thrown.type), thrown.type);
    return true;
  });
});

everyProtocol('what is wrong with a request is named', async ({ protocol, api, origin, model }) => {
  for (const [params, names] of [
    ...(isNative(protocol) ? [[{ messages: question }, 'max_tokens']] : []), // others need no limit
    [{ max_tokens: 99 }, 'messages'],
    [{ max_tokens: 99, messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'content'],
  ]) {
    await assert.rejects(connect(origin).messages.create({ model, ...params }), (thrown) => {
      assert.ok(thrown instanceof Anthropic.BadRequestError, `${thrown}`);
      assert.equal(thrown.type, 'invalid_request_error');
      assert.match(thrown.message, new RegExp(names));
      return true;
    });
  }
  api.refusals.length = 0; // the service itself may have been the one that said so
});

everyProtocol('a tool can be forced, and parallel calls ruled out', async (given) => {
  const { protocol, api, origin, model, seen } = given;
  api.answer({ calls: [{ name: 'get_time', arguments: '{"city":"Köln"}' }], usage });
  const tools = ['get_time', 'get_weather'].map((name) => ({ name, input_schema: cityParameters }));
  const params = { model, max_tokens: 99, messages: question, tools };
  const choice = { type: 'tool', name: 'get_time', disable_parallel_tool_use: protocol.canForbidParallel };
  const message = await connect(origin).messages.create({ ...params, tool_choice: choice });
  assert.equal(message.stop_reason, 'tool_use');
  assert.deepEqual(message.content.at(-1).input, { city: 'Köln' });
  assert.equal(seen(0).forced, 'get_time');
  assert.equal(seen(0).parallel, !protocol.canForbidParallel);
  await connect(origin).messages.create({ ...params, tool_choice: { type: 'any' } });
  assert.equal(seen(1).forced, 'required');
});

everyProtocol('pictures arrive', async ({ api, origin, model, seen }) => {
  api.answer({ text: ['A pixel.'], usage });
  const content = [
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
    { type: 'text', text: 'What is this?' },
  ];
  await connect(origin).messages.create({ model, max_tokens: 99, messages: [{ role: 'user', content }] });
  assert.deepEqual(seen().images, [['image/png', png]]);
  assert.deepEqual(seen().user, ['What is this?']);
});

everyProtocol('parse() gives what a zod schema says', async ({ api, origin, model, seen }) => {
  const params = { model, max_tokens: 999, messages: question, output_config: { format: zodOutputFormat(Trip) } };
  api.answer({ text: [tripText], usage });
  assert.deepEqual((await connect(origin).messages.parse(params)).parsed_output, trip);
  assert.deepEqual(Object.keys(seen().schema.properties), ['city', 'days', 'kind', 'stops']);
  api.answer({ text: tripText.match(/[^]{1,9}/gu), usage });
  assert.deepEqual((await connect(origin).messages.stream(params).finalMessage()).parsed_output, trip);
});

for (const stream of [false, true]) {
  everyProtocol(`toolRunner() works step by step, ${stream ? 'streamed' : 'whole'}`, async (given) => {
    const { api, origin, model, seen } = given;
    api.answer({ calls: [{ name: 'get_time', arguments: '{"city":"Köln"}' }], usage }, { text: ['Noon.'], usage });
    const run = ({ city }) => `12:00 in ${city}`;
    const getTime = betaZodTool({
      name: 'get_time',
      description: 'now',
      inputSchema: z.object({ city: z.string() }),
      run,
    });
    const params = { model, max_tokens: 99, messages: [...question], tools: [getTime], stream };
    const message = await connect(origin).beta.messages.toolRunner(params);
    assert.equal(message.content.at(-1).text, 'Noon.');
    assert.deepEqual(seen(1).results, ['get_time: 12:00 in Köln']);
  });
}

everyProtocol(
  'tokens are counted by the service',
  async ({ api, origin, model }) => {
    const { input_tokens: count } = await connect(origin).messages.countTokens({ model, messages: question });
    assert.equal(count, countedTokens);
    assert.equal(api.calls[0].body.model, 'claude-opus-4-6');
  },
  isNative,
);

everyProtocol(
  'tokens are counted without the service',
  async ({ api, origin, model }) => {
    const count = (text) => {
      const messages = [{ role: 'user', content: text }];
      return connect(origin).messages.countTokens({ model, system: 'Be brief.', messages });
    };
    const few = (await count('Hello?')).input_tokens;
    const many = (await count('The quick brown fox jumps over the lazy dog. '.repeat(100))).input_tokens;
    assert.ok(few > 0 && few < 40, `${few}`);
    assert.ok(many > 700 && many < 1300, `${many}`);
    assert.equal(api.calls.length, 0);
  },
  isOther,
);

everyProtocol(
  'models are listed as Anthropic does',
  async ({ origin }) => {
    const ids = [];
    for await (const entry of connect(origin).models.list({ limit: 1000 })) {
      assert.equal(entry.type, 'model');
      assert.ok(entry.display_name);
      assert.ok(!Number.isNaN(Date.parse(entry.created_at)), entry.created_at);
      ids.push(entry.id);
    }
    for (const protocol of protocols) assert.ok(ids.includes(modelOf(protocol)), `${modelOf(protocol)}: ${ids}`);
    assert.equal((await connect(origin).models.retrieve(ids[0])).id, ids[0]);
  },
  isNative,
);

everyProtocol(
  'models come by pages, forwards and backwards',
  async ({ origin }) => {
    const { models } = connect(origin);
    const all = (await models.list()).data.map(({ id }) => id);
    assert.ok(all.length > 4, `${all}`);
    const page = await models.list({ limit: 2 });
    assert.deepEqual([page.first_id, page.last_id, page.has_more], [all[0], all[1], true]);
    const forwards = [];
    for await (const { id } of models.list({ limit: 2 })) forwards.push(id);
    assert.deepEqual(forwards, all);
    const pages = [];
    for await (const one of (await models.list({ limit: 2, before_id: all.at(-1) })).iterPages()) {
      pages.unshift(one.data.map(({ id }) => id));
    }
    assert.ok(pages.every(({ length }) => length <= 2));
    assert.deepEqual(pages.flat(), all.slice(0, -1));
    for (const query of [{ limit: 0 }, { after_id: 'nobody/knows' }]) {
      await assert.rejects(models.list(query), (thrown) => {
        assert.ok(thrown instanceof Anthropic.BadRequestError, `${thrown}`);
        assert.match(thrown.message, new RegExp(Object.keys(query)[0]));
        return true;
      });
    }
  },
  isNative,
);
