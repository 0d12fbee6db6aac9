// SPDX-License-Identifier: GPL-3.0-or-later
// What an application sees of a service's failures is the same, in whatever protocol the service tells them.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { apiOf, everyProtocol, successorOf, usage } from './protocols.js';

const messages = [{ role: 'user', content: 'Hello?' }];
const text = ['one ', 'two ', 'three '];

/** The text of an answer, whole or streamed. */
async function textOf(answer) {
  if (answer.choices) return answer.choices[0].message.content;
  let got = '';
  for await (const chunk of answer) got += chunk.choices[0].delta.content ?? '';
  return got;
}

const classes = {
  400: OpenAI.BadRequestError,
  401: OpenAI.AuthenticationError,
  404: OpenAI.NotFoundError,
  429: OpenAI.RateLimitError,
};

everyProtocol('statuses of the service are typed', async ({ protocol, api, client, model }) => {
  for (const [status, { type, code }] of Object.entries(protocol.errors)) {
    for (const stream of [false, true]) {
      const retryAfter = status === '429' ? 7 : undefined;
      api.answer({ status: Number(status), message: `reason ${status}`, retryAfter });
      await assert.rejects(client.chat.completions.create({ model, messages, stream }), (thrown) => {
        assert.ok(thrown instanceof (classes[status] ?? OpenAI.InternalServerError), `${thrown}`);
        assert.equal(thrown.status, Number(status));
        assert.match(thrown.message, new RegExp(`reason ${status}`));
        assert.equal(thrown.type, type);
        assert.equal(thrown.code, code);
        assert.equal(thrown.headers.get('retry-after'), retryAfter ? '7' : null);
        assert.equal(thrown.headers.get('x-lunargate-error-source'), 'upstream');
        return true;
      });
    }
  }
});

everyProtocol('a key that the service does not know is an AuthenticationError', async ({ protocol, api, client }) => {
  const model = `${protocol.name}-locked/${protocol.model}`;
  await assert.rejects(client.chat.completions.create({ model, messages }), (thrown) => {
    assert.ok(thrown instanceof OpenAI.AuthenticationError, `${thrown}`);
    assert.doesNotMatch(JSON.stringify([thrown.message, thrown.error]), /nobody-knows/);
    return true;
  });
  assert.equal(api.refusals.splice(0).length, 1, 'a wrong key is not tried twice');
});

everyProtocol('an overloaded service is asked again', async ({ protocol, api, client, model }) => {
  const overload = { status: protocol.overloaded, message: 'overloaded' };
  for (const stream of [false, true]) {
    api.answer(overload, overload, { text, usage });
    const { data, response } = await client.chat.completions.create({ model, messages, stream }).withResponse();
    assert.equal(response.headers.get('x-lunargate-attempts'), '3');
    assert.equal(await textOf(data), 'one two three ');
  }
});

everyProtocol('another protocol stands in for a service that stays overloaded', async ({ protocol, api, client }) => {
  const headers = { 'X-Test-Fallback-Of': protocol.name };
  const successor = successorOf(protocol);
  for (const stream of [false, true]) {
    api.answer({ status: protocol.overloaded, message: 'overloaded' });
    apiOf(successor).answer({ text, usage });
    const { data, response } = await client.chat.completions
      .create({ model: 'lunargate/auto', messages, stream }, { headers })
      .withResponse();
    assert.equal(response.headers.get('x-lunargate-provider'), successor.name);
    assert.equal(response.headers.get('x-lunargate-fallback-used'), 'true');
    assert.equal(api.calls.length, 3);
    assert.equal(await textOf(data), 'one two three ');
    assert.deepEqual(apiOf(successor).refusals, []);
  }
});

everyProtocol('a failure before the first word of a stream is tried again', async ({ api, client, model }) => {
  api.answer({ ending: 'error', message: 'fell over', usage }, { text, usage });
  const stream = client.chat.completions.stream({ model, messages });
  assert.equal(await stream.finalContent(), 'one two three ');
  assert.equal(api.calls.length, 2);
});

everyProtocol('a failure before the first word has a status if it stays', async ({ api, client, model }) => {
  api.answer({ ending: 'error', message: 'fell over', usage });
  await assert.rejects(client.chat.completions.create({ model, messages, stream: true }), (thrown) => {
    assert.ok(thrown instanceof OpenAI.InternalServerError, `${thrown}`);
    assert.match(thrown.message, /fell over/);
    return true;
  });
  assert.equal(api.calls.length, 3);
});

for (const [name, ending, message] of [
  ['an error in mid-stream', 'error', /fell over/],
  ['a stream that breaks', 'cut', /./],
]) {
  everyProtocol(`${name} is an APIError after the text`, async ({ api, client, model }) => {
    api.answer({ text, ending, message: 'fell over', usage });
    const isExpected = (thrown) => thrown instanceof OpenAI.APIError && message.test(thrown.message);
    let got = '';
    await assert.rejects(async () => {
      for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
        got += chunk.choices[0]?.delta.content ?? '';
      }
    }, isExpected);
    assert.equal(got, 'one two three ');
    assert.equal(api.calls.length, 1, 'never again once the client has some of the answer');

    await assert.rejects(client.chat.completions.stream({ model, messages }).finalContent(), isExpected);
  });
}

everyProtocol('an aborted stream cancels the call to the service', async ({ api, client, model }) => {
  api.answer({ text, ending: 'stall', usage });
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) {
    if (!chunk.choices[0].delta.content) continue;
    stream.controller.abort();
  }
  await api.calls[0].left;
});

everyProtocol('an aborted request cancels the call to the service', async ({ api, client, model }) => {
  api.answer({ text, ending: 'stall', usage });
  const controller = new AbortController();
  const arrival = api.nextCall();
  const answer = client.chat.completions.create({ model, messages }, { signal: controller.signal });
  const call = await arrival;
  controller.abort();
  await assert.rejects(answer, OpenAI.APIUserAbortError);
  await call.left;
});
