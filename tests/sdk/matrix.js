// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every client in front of every protocol: text, tools, thoughts, usage, and failures in the client's own
// words. `client` is one of the folder clients/.
import assert from 'node:assert/strict';
import { apiOf, everyProtocol, modelOf, protocols, usage } from './protocols.js';
import { cityParameters } from './samples.js';

const text = ['Hello', ' wörld', ' 🌍, how', ' are you?'];
const whole = text.join('');
const ways = { whole: false, streamed: true };

const tools = ['get_weather', 'get_time'].map((name) => ({
  name,
  description: `Use ${name}`,
  parameters: cityParameters,
}));
const calls = [
  { name: 'get_weather', arguments: '{"city":"Köln","unit":"°C","days":[1,2,{"x":null}]}' },
  { name: 'get_time', arguments: '{"city":"Köln"}' },
];
const results = { get_weather: 'sunny', get_time: '12:00' };
const thinking = ['Both', ' at once.'];

const called = ({ calls: got }) =>
  got.map(({ name, arguments: given }) => ({ name, arguments: JSON.stringify(given) }));

/** What the client is told of `usage`, as far as it is told. */
function checkUsage(answer, { hasUsageDetails }) {
  const all = { input: 25, cached: hasUsageDetails ? 5 : 0, output: 10, reasoning: hasUsageDetails ? 3 : 0 };
  for (const [name, count] of Object.entries(answer.usage)) assert.equal(count, all[name], `usage: ${name}`);
}

function proveText(client, way, stream) {
  everyProtocol(`${client.name}: a question is answered, ${way}`, async ({ protocol, api, origin, model, seen }) => {
    api.answer({ text, usage });
    const talk = client.open(origin, { model, system: 'Be brief.', maxTokens: 99 });
    talk.user('Hello?');
    const pieces = [];
    const answer = await talk.ask({ stream, onText: (piece) => pieces.push(piece) });
    assert.equal(answer.text, whole);
    assert.equal(answer.finish, 'stop');
    assert.deepEqual(answer.calls, []);
    assert.ok([protocol.model, model].includes(answer.model), answer.model);
    checkUsage(answer, protocol);
    if (stream) assert.equal(pieces.join(''), whole);
    assert.equal(seen().system, 'Be brief.');
    assert.deepEqual(seen().user, ['Hello?']);
    assert.equal(seen().maxTokens, 99);
  });

  for (const finish of client.finishes) {
    everyProtocol(
      `${client.name}: an answer that ended by ${finish} says so, ${way}`,
      async ({ api, origin, model }) => {
        api.answer({ text, finish, usage });
        const talk = client.open(origin, { model });
        talk.user('Hello?');
        const answer = await talk.ask({ stream });
        assert.equal(answer.finish, finish);
        if (finish === 'length') assert.equal(answer.text, whole);
      },
      (protocol) => finish !== 'filter' || protocol.canFilter !== false,
    );
  }
}

function proveTools(client, way, stream) {
  everyProtocol(`${client.name}: tools and thoughts go round, ${way}`, async (given) => {
    const { protocol, api, origin, model, seen } = given;
    api.answer(
      { thinking, text: ['Looking', ' up.'], calls, usage },
      { thinking: ['Done.'], text: ['Sunny', ' at noon.'], usage },
      { text: ['You are welcome.'], usage },
    );
    const talk = client.open(origin, { model, tools, thinks: true });
    talk.user('Weather and time in Köln?');
    const first = await talk.ask({ stream });
    assert.equal(first.text, 'Looking up.');
    if (client.showsThoughts) assert.equal(first.thinking, 'Both at once.');
    assert.equal(first.finish, 'calls');
    assert.deepEqual(called(first), calls);
    assert.equal(new Set(first.calls.map(({ id }) => id ?? Symbol('none'))).size, 2, 'ids must differ');
    checkUsage(first, protocol);
    assert.deepEqual(seen(0).tools, ['get_weather', 'get_time']);

    talk.results(first, results);
    const second = await talk.ask({ stream });
    assert.equal(second.text, 'Sunny at noon.');
    assert.equal(second.finish, 'stop');
    assert.deepEqual(seen(1).assistant, ['Looking up.']);
    assert.deepEqual(seen(1).results, ['get_weather: sunny', 'get_time: 12:00']);
    assert.equal(seen(1).signatures, client.signs(protocol) ? 1 : 0);

    talk.user('Thanks!');
    const third = await talk.ask({ stream });
    assert.equal(third.text, 'You are welcome.');
    assert.deepEqual(seen(2).assistant, ['Looking up.', 'Sunny at noon.']);
    assert.equal(seen(2).signatures, client.signs(protocol) ? 2 : 0);
  });
}

// What one service signed is nothing to another one.
function proveChange(client) {
  for (const earlier of protocols) {
    everyProtocol(
      `${client.name}: takes over a conversation from ${earlier.name}`,
      async ({ api, origin, model, seen }) => {
        apiOf(earlier).answer({ thinking, text: ['Looking.'], calls, usage });
        const talk = client.open(origin, { model: modelOf(earlier), tools, thinks: true });
        talk.user('Weather and time in Köln?');
        talk.results(await talk.ask(), results);

        api.answer({ text: ['Sunny.'], usage });
        talk.use(model);
        const answer = await talk.ask({ stream: true });
        assert.equal(answer.text, 'Sunny.');
        assert.deepEqual(seen().assistant, ['Looking.']);
        assert.deepEqual(seen().results, ['get_weather: sunny', 'get_time: 12:00']);
        assert.deepEqual(apiOf(earlier).refusals, []);
      },
      (protocol) => protocol !== earlier,
    );
  }
}

async function failureOf(client, asked) {
  const thrown = await asked.then(
    (answer) => assert.fail(`answered: ${JSON.stringify(answer)}`),
    (error) => error,
  );
  return client.failureOf(thrown);
}

function proveFailures(client, way, stream) {
  everyProtocol(
    `${client.name}: statuses of the service are told, ${way}`,
    async ({ protocol, api, origin, model }) => {
      for (const status of Object.keys(protocol.errors).map(Number)) {
        const retryAfter = status === 429 ? 7 : undefined;
        api.answer({ status, message: `reason ${status}`, retryAfter });
        const talk = client.open(origin, { model });
        talk.user('Hello?');
        const failed = await failureOf(client, talk.ask({ stream }));
        assert.ok(
          client.statusesFor?.(status)?.includes(failed.status) ?? failed.status === status,
          `${failed.status}`,
        );
        assert.match(failed.message, new RegExp(`reason ${status}`));
        if (retryAfter && failed.retryAfter !== undefined) assert.equal(failed.retryAfter, '7');
      }
    },
  );

  everyProtocol(`${client.name}: an overloaded service is asked again, ${way}`, async (given) => {
    const { protocol, api, origin, model } = given;
    const overload = { status: protocol.overloaded, message: 'overloaded' };
    api.answer(overload, overload, { text, usage });
    const talk = client.open(origin, { model });
    talk.user('Hello?');
    assert.equal((await talk.ask({ stream })).text, whole);
    assert.equal(api.calls.length, 3);
  });

  everyProtocol(
    `${client.name}: who leaves cancels the call to the service, ${way}`,
    async ({ api, origin, model }) => {
      api.answer({ text, ending: 'stall', usage });
      const talk = client.open(origin, { model });
      talk.user('Hello?');
      const controller = new AbortController();
      const arrival = api.nextCall();
      const asked = talk.ask({ stream, signal: controller.signal, onText: () => controller.abort() });
      const call = await arrival;
      if (!stream) controller.abort();
      await assert.rejects(asked, client.isAbort);
      await call.left; // the test's own time limit fails it otherwise
    },
  );
}

function proveBrokenStreams(client) {
  for (const [sentence, ending, kind] of [
    ['an overload in mid-stream', 'error'],
    ['a stream that breaks', 'cut'],
    ['a stream that stalls', 'stall', 'hasty'],
  ]) {
    everyProtocol(`${client.name}: ${sentence} is a failure after the text`, async ({ protocol, api, origin }) => {
      api.answer({ text, ending, message: 'fell over', usage });
      const talk = client.open(origin, { model: modelOf(protocol, kind) });
      talk.user('Hello?');
      let got = '';
      const onText = (piece) => {
        got += piece;
      };
      const failed = await failureOf(client, talk.ask({ stream: true, onText }));
      assert.equal(got, whole);
      assert.equal(api.calls.length, 1, 'never again once the client has some of the answer');
      if (ending === 'error') assert.match(failed.message, /fell over/);
    });
  }

  everyProtocol(`${client.name}: a failure before the first word is tried again`, async ({ api, origin, model }) => {
    api.answer({ ending: 'error', message: 'fell over', usage }, { text, usage });
    const talk = client.open(origin, { model });
    talk.user('Hello?');
    assert.equal((await talk.ask({ stream: true })).text, whole);
    assert.equal(api.calls.length, 2);
  });
}

/** Registers all tests for this client. */
export function prove(client) {
  for (const [way, stream] of Object.entries(ways)) {
    proveText(client, way, stream);
    proveTools(client, way, stream);
    proveFailures(client, way, stream);
  }
  proveChange(client);
  proveBrokenStreams(client);
}
