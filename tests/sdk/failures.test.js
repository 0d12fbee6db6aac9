// SPDX-License-Identifier: GPL-3.0-or-later
// What an application sees when something goes wrong: typed exceptions, also in the midst of a stream.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import OpenAI from 'openai';
import { configFor, startGateway, startUpstream } from './gateway.js';

const messages = [{ role: 'user', content: 'Say hello' }];
const chunk = (content) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;

// Promise.withResolvers() needs a newer Node.
function deferred() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const cleanUps = [];
after(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

async function gatewayTo(answer) {
  const upstream = await startUpstream(answer);
  cleanUps.push(upstream.close);
  const gateway = await startGateway(configFor(upstream));
  cleanUps.push(gateway.close);
  return { upstream, client: gateway.client };
}

const refuse = (status, error, headers = {}) => (request, response) => {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify({ error }));
};

const kinds = [
  [400, OpenAI.BadRequestError],
  [401, OpenAI.AuthenticationError],
  [403, OpenAI.PermissionDeniedError],
  [404, OpenAI.NotFoundError],
  [422, OpenAI.UnprocessableEntityError],
  [429, OpenAI.RateLimitError],
  [503, OpenAI.InternalServerError],
];
for (const [status, kind] of kinds) {
  test(`status ${status} of the provider is a ${kind.name}`, async () => {
    const error = { message: 'the reason', type: 'some_type', param: 'messages', code: 'some_code' };
    const { client } = await gatewayTo(refuse(status, error, { 'x-ratelimit-remaining-requests': '0' }));
    for (const stream of [false, true]) {
      await assert.rejects(client.chat.completions.create({ model: 'fake-model', messages, stream }), (thrown) => {
        assert.ok(thrown instanceof kind, `${thrown}`);
        assert.equal(thrown.status, status);
        assert.match(thrown.message, /the reason/);
        assert.equal(thrown.type, 'some_type');
        assert.equal(thrown.param, 'messages');
        assert.equal(thrown.code, 'some_code');
        assert.equal(thrown.headers.get('x-ratelimit-remaining-requests'), '0');
        return true;
      });
    }
  });
}

test('what the gateway refuses itself is typed too', async () => {
  const { client, upstream } = await gatewayTo(refuse(500, { message: 'must not be asked' }));
  await assert.rejects(client.chat.completions.create({ model: 'nobody/model', messages }, {
    headers: { 'X-LunarGate-Provider': 'nobody' },
  }), OpenAI.BadRequestError);
  await assert.rejects(client.models.retrieve('fake/unknown'), OpenAI.NotFoundError);
  await assert.rejects(client.post('/nowhere', { body: {} }), OpenAI.NotFoundError);
  assert.equal(upstream.calls.length, 0);
});

for (const [name, finish] of [
  ['an error object', (response) => response.end('data: {"error":{"message":"died","type":"server_error"}}\n\n')],
  ['a cut connection', (response) => response.socket.destroy()],
  ['an end without [DONE]', (response) => response.end()],
]) {
  test(`${name} inside a stream is an APIError after the content`, async () => {
    const { client } = await gatewayTo((request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(chunk('one'), () => finish(response));
    });
    let text = '';
    await assert.rejects(async () => {
      for await (const piece of await client.chat.completions.create({ model: 'fake-model', messages, stream: true })) {
        text += piece.choices[0].delta.content ?? '';
      }
    }, OpenAI.APIError);
    assert.equal(text, 'one');
  });
}

test('an aborted stream cancels the call to the provider', async () => {
  let left;
  const { client } = await gatewayTo((request, response) => {
    left = once(response, 'close');
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(chunk('one'));
  });
  const stream = await client.chat.completions.create({ model: 'fake-model', messages, stream: true });
  for await (const piece of stream) {
    assert.equal(piece.choices[0].delta.content, 'one');
    stream.controller.abort();
  }
  await left; // the test's own time limit fails it otherwise
});

test('an aborted request cancels the call to the provider', async () => {
  let left;
  const came = deferred();
  const { client } = await gatewayTo((request, response) => {
    left = once(response, 'close');
    came.resolve();
  });
  const controller = new AbortController();
  const answer = client.chat.completions.create({ model: 'fake-model', messages }, { signal: controller.signal });
  await came.promise;
  controller.abort();
  await assert.rejects(answer, OpenAI.APIUserAbortError);
  await left;
});

test('a service that knows numbers only still serves a client that wants base64', async () => {
  const { client, upstream } = await gatewayTo((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end('{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-2.25]}],"model":"m"}');
  });
  const answer = await client.embeddings.create({ model: 'fake/fake-model', input: 'x' });
  assert.deepEqual(upstream.calls, [{ model: 'fake-model', input: 'x', encoding_format: 'base64' }]);
  assert.deepEqual([...answer.data[0].embedding], [0.5, -2.25]);
});

test('an embeddings error is typed', async () => {
  const { client } = await gatewayTo(refuse(400, { message: 'too long', type: 't', param: 'input', code: null }));
  await assert.rejects(client.embeddings.create({ model: 'fake-model', input: 'x' }), OpenAI.BadRequestError);
  await assert.rejects(client.embeddings.create({ model: 'fake-model', input: '' }), /input is required/);
});

test('what the library sends reaches the provider', async () => {
  const { client, upstream } = await gatewayTo((request, response) => {
    assert.equal(request.headers.authorization, 'Bearer sk-provider');
    response.setHeader('Content-Type', 'application/json');
    response.end('{"id":"x","object":"chat.completion","choices":[{"index":0}],"extra":1}');
  });
  const sent = { model: 'fake/fake-model', messages, temperature: 0.5, seed: 7, metadata: { a: 'b' } };
  const answer = await client.chat.completions.create(sent);
  assert.deepEqual(upstream.calls, [{ ...sent, model: 'fake-model' }]);
  assert.equal(answer.extra, 1);
});
