// SPDX-License-Identifier: GPL-3.0-or-later
// Agents in front of every protocol: in front of their own, the service gets their very bytes.
import assert from 'node:assert/strict';
import { everyProtocol, usage } from './protocols.js';
import { readSession, replay } from './sessions.js';
import { smallModel } from './upstreams/anthropic_requests.js';

/** Headers of a request that the service of the same protocol gets as they are. */
const kept = ['anthropic-version', 'anthropic-beta'];

function checkBytes(call, exchange, { sent, headers, names, originals }) {
  const asked = exchange.body.model ?? '$model';
  const expected = sent.replace(JSON.stringify(names[asked]), JSON.stringify(originals[asked]));
  assert.equal(call.text, expected, exchange.says);
  assert.equal(call.url.pathname + call.url.search, exchange.path);
  for (const name of kept) assert.equal(call.headers[name], headers[name], name);
}

/** What came of the calls that a script has, as far as all protocols can say it. */
function checkTurn(exchange, { answer, text }) {
  const { script } = exchange;
  assert.equal(text, (script.text ?? []).join(''), exchange.says);
  const blocks = answer.content ?? answer.output;
  const calls = blocks.filter((block) => block.type === 'tool_use' || block.call_id);
  assert.deepEqual(
    calls.map((call) => call.name ?? 'local_shell'),
    (script.calls ?? []).map((call) => call.name),
  );
  if (script.thinking) assert.ok(blocks.some((block) => block.type === 'thinking' || block.type === 'reasoning'));
}

for (const session of ['claude_code', 'codex', 'codex_local_shell'].map(readSession)) {
  everyProtocol(
    `${session.client} has a session`,
    async ({ protocol, api, origin, model, seen }) => {
      const isNative = protocol.name === session.native;
      const originals = {
        $model: protocol.model,
        $smallModel: protocol.name === 'anthropic' ? smallModel : protocol.model,
      };
      const names = { $model: model, $smallModel: `${protocol.name}/${originals.$smallModel}` };
      let thoughts = 0;
      await replay(session, {
        origin,
        names,
        before: ({ script }) => api.answer({ ...script, usage }),
        after(exchange, received) {
          assert.deepEqual(api.refusals, [], exchange.says);
          if (isNative && exchange.body) {
            checkBytes(api.calls[0], exchange, { sent: received.sent, headers: session.headers, names, originals });
          }
          if (!exchange.script) return;
          checkTurn(exchange, received);
          assert.equal(seen().signatures, thoughts, `${exchange.says}: thoughts that came back`);
          if (exchange.script.thinking) thoughts += 1;
        },
      });
    },
    (protocol) => !session.nativeOnly || protocol.name === session.native,
  );
}

everyProtocol('what Claude Code asks for beside its turns is answered', async ({ protocol, api, origin, model }) => {
  const session = readSession('claude_code');
  const answers = [];
  await replay(session, {
    origin,
    names: { $model: model, $smallModel: model },
    before: ({ script }) => api.answer({ ...script, usage }),
    after: (exchange, { answer }) => answers.push([exchange.path, answer]),
  });
  const counted = answers.find(([path]) => path.includes('count_tokens'))[1];
  assert.ok(Number.isInteger(counted.input_tokens) && counted.input_tokens > 100, JSON.stringify(counted));
  assert.equal(protocol.name === 'anthropic', counted.input_tokens === 4321);
});

everyProtocol(
  'Codex gets a list of models that it can read',
  async ({ origin }) => {
    const {
      headers,
      exchanges: [{ path }],
    } = readSession('codex');
    const list = await (await fetch(origin + path, { headers })).json();
    assert.ok(Array.isArray(list.models), Object.keys(list).join());
    for (const entry of list.models) {
      for (const name of ['slug', 'display_name', 'shell_type', 'visibility', 'base_instructions']) {
        assert.equal(typeof entry[name], 'string', name);
      }
    }
  },
  (protocol) => protocol.name === 'responses',
);
