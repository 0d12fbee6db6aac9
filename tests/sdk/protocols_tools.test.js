// SPDX-License-Identifier: GPL-3.0-or-later
// Tools, over several turns: the client sends back what it was given, and the service gets back what it has to see again.
import assert from 'node:assert/strict';
import { apiOf, everyProtocol, modelOf, protocols, usage, ways } from './protocols.js';

const city = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const tools = [
  { type: 'function', function: { name: 'get_weather', description: 'Weather', parameters: city } },
  { type: 'function', function: { name: 'get_time', parameters: city, strict: true } },
  { type: 'function', function: { name: 'list_cities' } },
];
const question = [{ role: 'user', content: 'Weather and time in Paris?' }];
const calls = [
  { name: 'get_weather', arguments: '{"city":"Paris","unit":"°C","days":[1,2,{"x":null}]}' },
  { name: 'get_time', arguments: '{"city":"Paris"}' },
];
const results = { get_weather: 'sunny', get_time: '12:00' };
const weather = 'get_weather: sunny';
const time = 'get_time: 12:00';
const thinking = ['Both', ' at once.'];

const callsOf = (answer) => answer.choices[0].message.tool_calls;
const asked = (answer) =>
  callsOf(answer).map(({ type, function: { name, arguments: text } }) => [type, name, JSON.parse(text)]);
const wanted = calls.map(({ name, arguments: text }) => ['function', name, JSON.parse(text)]);
const resultsFor = (answer) =>
  callsOf(answer).map((call) => ({ role: 'tool', tool_call_id: call.id, content: results[call.function.name] }));

function checkCalls(answer) {
  assert.equal(answer.choices[0].finish_reason, 'tool_calls');
  assert.deepEqual(asked(answer), wanted);
  const ids = callsOf(answer).map((call) => call.id);
  assert.ok(ids.every((id) => typeof id === 'string' && id.length > 0));
  assert.equal(new Set(ids).size, ids.length);
}

for (const [way, ask] of Object.entries(ways)) {
  everyProtocol(`tools go round and thoughts come back unchanged, ${way}`, async ({ api, client, model, seen }) => {
    const params = { model, tools, reasoning_effort: 'low' };
    api.answer(
      { thinking, text: ['Looking', ' up.'], calls, usage },
      { thinking: ['Done.'], text: ['Sunny', ' at noon.'], usage },
      { text: ['You are welcome.'], usage },
    );
    const first = await ask(client, { ...params, messages: question });
    assert.equal(first.choices[0].message.content, 'Looking up.');
    checkCalls(first);
    assert.deepEqual(seen(0).tools, ['get_weather', 'get_time', 'list_cities']);

    const history = [...question, first.choices[0].message, ...resultsFor(first)];
    const second = await ask(client, { ...params, messages: history });
    assert.equal(second.choices[0].finish_reason, 'stop');
    assert.equal(second.choices[0].message.content, 'Sunny at noon.');
    assert.deepEqual(seen(1).assistant, ['Looking up.']);
    assert.deepEqual(seen(1).results, [weather, time]);
    assert.equal(seen(1).signatures, 1);

    history.push(second.choices[0].message, { role: 'user', content: 'Thanks!' });
    const third = await ask(client, { ...params, messages: history });
    assert.equal(third.choices[0].message.content, 'You are welcome.');
    assert.deepEqual(seen(2).assistant, ['Looking up.', 'Sunny at noon.']);
    assert.deepEqual(seen(2).results, [weather, time]);
    assert.equal(seen(2).signatures, 2);
  });

  everyProtocol(`results may come in any order, ${way}`, async ({ api, client, model, seen }) => {
    api.answer({ calls, usage }, { text: ['Fine.'], usage });
    const first = await ask(client, { model, tools, messages: question });
    checkCalls(first);
    const messages = [...question, first.choices[0].message, ...resultsFor(first).reverse()];
    await ask(client, { model, tools, messages });
    assert.deepEqual(seen(1).results.toSorted(), [time, weather]);
  });

  everyProtocol(`a tool without arguments is called with none, ${way}`, async ({ api, client, model }) => {
    api.answer({ calls: [{ name: 'list_cities', arguments: '{}' }], usage }, { text: ['None.'], usage });
    const first = await ask(client, { model, tools, messages: question });
    assert.deepEqual(asked(first), [['function', 'list_cities', {}]]);
    assert.equal(first.choices[0].message.content, null);
    const result = { role: 'tool', tool_call_id: callsOf(first)[0].id, content: '[]' };
    await ask(client, { model, tools, messages: [...question, first.choices[0].message, result] });
  });

  everyProtocol(
    `calls that the service gives no ids get some, ${way}`,
    async ({ api, client, model, seen }) => {
      const twice = [calls[1], calls[1]];
      api.answer({ calls: twice, withoutIds: true, usage }, { text: ['Noon.'], usage });
      const first = await ask(client, { model, tools, messages: question });
      assert.notEqual(callsOf(first)[0].id, callsOf(first)[1].id);
      await ask(client, { model, tools, messages: [...question, first.choices[0].message, ...resultsFor(first)] });
      assert.deepEqual(seen(1).results, [time, time]);
    },
    (protocol) => protocol.hasNoIds,
  );
}

// What one service signed is nothing to another one.
for (const earlier of protocols) {
  everyProtocol(
    `takes over a conversation from ${earlier.name}`,
    async ({ api, client, model, seen }) => {
      const params = { tools, reasoning_effort: 'low' };
      apiOf(earlier).answer({ thinking, text: ['Looking.'], calls, usage });
      const first = await ways.whole(client, { ...params, model: modelOf(earlier), messages: question });
      checkCalls(first);

      api.answer({ text: ['Sunny.'], usage });
      const history = [...question, first.choices[0].message, ...resultsFor(first)];
      const second = await ways.whole(client, { ...params, model, messages: history });
      assert.equal(second.choices[0].message.content, 'Sunny.');
      assert.deepEqual(seen().assistant, ['Looking.']);
      assert.deepEqual(seen().results, [weather, time]);

      apiOf(earlier).answer({ text: ['Back again.'], usage });
      history.push(second.choices[0].message, { role: 'user', content: 'Thanks!' });
      const third = await ways.whole(client, { ...params, model: modelOf(earlier), messages: history });
      assert.equal(third.choices[0].message.content, 'Back again.');
      assert.equal(earlier.seen(apiOf(earlier).calls[0]).signatures, 1, 'its own thoughts are back too');
      assert.deepEqual(apiOf(earlier).refusals, []);
    },
    (protocol) => protocol !== earlier,
  );
}

everyProtocol('a tool can be forced', async ({ protocol, api, client, model, seen }) => {
  api.answer({ calls: [calls[1]], usage });
  const named = { type: 'function', function: { name: 'get_time' } };
  const answer = await client.chat.completions.create({ model, tools, messages: question, tool_choice: named });
  assert.deepEqual(asked(answer), [wanted[1]]);
  assert.equal(seen(0).forced, 'get_time');
  assert.deepEqual(
    seen(0).tools,
    protocol.showsForcedToolOnly ? ['get_time'] : ['get_weather', 'get_time', 'list_cities'],
  );

  await client.chat.completions.create({ model, tools, messages: question, tool_choice: 'required' });
  assert.equal(seen(1).forced, 'required');
  await client.chat.completions.create({ model, tools, messages: question, tool_choice: 'auto' });
  assert.equal(seen(2).forced, undefined);
});

everyProtocol(
  'parallel calls can be ruled out',
  async ({ api, client, model, seen }) => {
    api.answer({ calls: [calls[1]], usage });
    await client.chat.completions.create({ model, tools, messages: question, parallel_tool_calls: false });
    assert.equal(seen(0).parallel, false);
  },
  ({ canForbidParallel }) => canForbidParallel,
);

for (const stream of [false, true]) {
  everyProtocol(
    `runTools() works step by step, ${stream ? 'streamed' : 'whole'}`,
    async ({ api, client, model, seen }) => {
      api.answer(
        { thinking, calls: [calls[0], calls[1]], usage },
        { thinking: ['Once more.'], calls: [calls[1]], usage },
        { text: ['Sunny at noon.'], usage },
      );
      const used = [];
      const runnable = (name) => ({
        type: 'function',
        function: {
          name,
          description: name,
          parameters: city,
          parse: JSON.parse,
          function: (given) => {
            used.push([name, given]);
            return results[name];
          },
        },
      });
      const runner = client.chat.completions.runTools({
        model,
        stream,
        messages: question,
        reasoning_effort: 'low',
        tools: [runnable('get_weather'), runnable('get_time')],
      });
      assert.equal(await runner.finalContent(), 'Sunny at noon.');
      assert.deepEqual(
        used,
        [0, 1, 1].map((i) => [calls[i].name, JSON.parse(calls[i].arguments)]),
      );
      assert.equal(api.calls.length, 3);
      assert.deepEqual(seen(2).results, [weather, time, time]);
      assert.equal(seen(2).signatures, 2);
    },
  );
}
