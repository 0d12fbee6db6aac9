// SPDX-License-Identifier: GPL-3.0-or-later
// Ollama's library in front of every protocol (POST /api/chat and what belongs to it).
import assert from 'node:assert/strict';
import { Ollama } from 'ollama';
import { checkEnd, ollamaJs } from './clients/ollama_js.js';
import { prove } from './matrix.js';
import { everyProtocol, modelOf, protocols, usage } from './protocols.js';
import { png, Trip, trip, tripText } from './samples.js';
import { vectorOf } from './upstreams/fake_api.js';
import { z } from 'zod';

prove(ollamaJs);

const messages = [{ role: 'user', content: 'Hello?' }];
const connect = (origin) => new Ollama({ host: origin, headers: { Authorization: 'Bearer sk-client' } });

everyProtocol('generate() completes a prompt', async ({ api, origin, model, seen }) => {
  const params = { model, system: 'Be brief.', prompt: 'Hello?' };
  api.answer({ text: ['Good', ' day.'], usage });
  const whole = await connect(origin).generate(params);
  assert.equal(whole.response, 'Good day.');
  checkEnd(whole);
  assert.equal(seen().system, 'Be brief.');
  assert.deepEqual(seen().user, ['Hello?']);

  const lines = [];
  for await (const line of await connect(origin).generate({ ...params, stream: true })) lines.push(line);
  assert.equal(lines.map((line) => line.response).join(''), 'Good day.');
  checkEnd(lines.at(-1));
});

everyProtocol(
  'thoughts that nobody asked for are not told',
  async ({ api, origin, model }) => {
    api.answer({ thinking: ['Hm.'], text: ['Yes.'], usage });
    const { message } = await connect(origin).chat({ model, messages, think: false });
    assert.equal(message.content, 'Yes.');
    assert.equal(message.thinking, undefined);
    api.answer({ thinking: ['Hm.'], text: ['Yes.'], usage });
    for await (const line of await connect(origin).chat({ model, messages, think: false, stream: true })) {
      assert.equal(line.message.thinking, undefined);
    }
  },
  (protocol) => protocol.name !== 'ollama',
);

everyProtocol('a format is a schema', async ({ api, origin, model, seen }) => {
  const { $schema, ...format } = z.toJSONSchema(Trip);
  api.answer({ text: [tripText], usage });
  const { message } = await connect(origin).chat({ model, messages, format });
  assert.deepEqual(JSON.parse(message.content), trip);
  assert.deepEqual(Object.keys(seen().schema.properties), ['city', 'days', 'kind', 'stops']);
});

everyProtocol('pictures arrive', async ({ api, origin, model, seen }) => {
  api.answer({ text: ['A pixel.'], usage });
  await connect(origin).chat({ model, messages: [{ role: 'user', content: 'What is this?', images: [png] }] });
  assert.deepEqual(seen().images, [['image/png', png]]);
});

everyProtocol('options are the parameters of the service', async ({ api, origin, model, seen }) => {
  api.answer({ text: ['Yes.'], usage });
  const options = { temperature: 0.5, num_predict: 99, num_ctx: 8192 };
  await connect(origin).chat({ model, messages, options });
  assert.equal(seen().temperature, 0.5);
  assert.equal(seen().maxTokens, 99);
});

everyProtocol('failures have a status and a text', async ({ protocol, api, origin, model }) => {
  for (const status of Object.keys(protocol.errors).map(Number)) {
    api.answer({ status, message: 'the reason' });
    await assert.rejects(connect(origin).chat({ model, messages }), (thrown) => {
      assert.equal(thrown.name, 'ResponseError');
      assert.match(thrown.error, /the reason/);
      return true;
    });
  }
});

everyProtocol(
  'embed() gives the numbers of the service',
  async ({ protocol, origin }) => {
    const input = ['one', 'another one'];
    const answer = await connect(origin).embed({ model: `${protocol.name}/${protocol.embeddingModel}`, input });
    assert.deepEqual(answer.embeddings, input.map(vectorOf));
    const old = await connect(origin).embeddings({
      model: `${protocol.name}/${protocol.embeddingModel}`,
      prompt: input[0],
    });
    assert.deepEqual(old.embedding, vectorOf(input[0]));
  },
  (protocol) => protocol.embeddingModel !== undefined,
);

everyProtocol(
  'models are listed and shown as by Ollama itself',
  async ({ origin, model }) => {
    const { models } = await connect(origin).list();
    for (const protocol of protocols) {
      const entry = models.find(({ name }) => name === modelOf(protocol));
      assert.ok(entry, modelOf(protocol));
      assert.equal(entry.model, entry.name);
      assert.ok(entry.size > 0);
      assert.match(entry.digest, /^[0-9a-f]{64}$/);
      assert.ok(!Number.isNaN(Date.parse(entry.modified_at)));
      for (const name of ['parent_model', 'format', 'family', 'parameter_size', 'quantization_level']) {
        assert.equal(typeof entry.details[name], 'string', name);
      }
    }
    const shown = await connect(origin).show({ model });
    assert.ok(shown.capabilities.includes('completion'));
    assert.ok(shown.capabilities.includes('tools'));
    assert.equal(typeof shown.model_info['general.architecture'], 'string');
    assert.deepEqual((await connect(origin).ps()).models, []);
    assert.match((await connect(origin).version()).version, /^\d+\.\d+\.\d+/);
    await assert.rejects(connect(origin).show({ model: 'nobody/knows' }), /not found/);
  },
  (protocol) => protocol.name === 'openai',
);
