// SPDX-License-Identifier: GPL-3.0-or-later
// Embeddings and the model list, where the protocol has them.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { everyProtocol } from './protocols.js';
import { vectorOf } from './upstreams/fake_api.js';

const input = ['the cat', 'a dog', 'żółw'];

function floatsOf(base64) {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}

everyProtocol(
  'embeddings come as numbers, whichever form the library asks for',
  async ({ protocol, api, client }) => {
    const model = `${protocol.name}/${protocol.embeddingModel}`;
    for (const form of [undefined, 'float', 'base64']) {
      api.answer({});
      // Without a choice of the caller's the library asks for base64 and decodes it.
      const answer = await client.embeddings.create({ model, input, ...(form && { encoding_format: form }) });
      assert.equal(api.calls.length, 1);
      assert.equal(answer.object, 'list');
      assert.deepEqual(
        answer.data.map((one) => one.index),
        [0, 1, 2],
      );
      const vectors = answer.data.map(({ embedding }) => (form === 'base64' ? floatsOf(embedding) : [...embedding]));
      assert.deepEqual(vectors, input.map(vectorOf));
    }
    const one = await client.embeddings.create({ model, input: 'alone' });
    assert.deepEqual([...one.data[0].embedding], vectorOf('alone'));
  },
  ({ embeddingModel }) => embeddingModel,
);

everyProtocol(
  'a protocol without embeddings says so',
  async ({ protocol, api, client, model }) => {
    await assert.rejects(client.embeddings.create({ model, input }), (thrown) => {
      assert.ok(thrown instanceof OpenAI.BadRequestError, `${thrown}`);
      assert.match(thrown.message, new RegExp(`'${protocol.name}'`));
      return true;
    });
    assert.equal(api.calls.length, 0);
  },
  ({ name }) => name === 'anthropic',
);

everyProtocol(
  "the service's models are listed",
  async ({ protocol, client }) => {
    const ids = [];
    for await (const one of client.models.list()) {
      if (one.id.startsWith(`${protocol.name}/`)) ids.push(one.id.slice(protocol.name.length + 1));
    }
    assert.deepEqual(ids.sort(), protocol.listed.toSorted());
    const one = await client.models.retrieve(`${protocol.name}/${protocol.model}`);
    assert.equal(one.owned_by, protocol.name);
  },
  ({ listed }) => listed,
);
