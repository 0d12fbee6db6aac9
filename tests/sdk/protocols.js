// SPDX-License-Identifier: GPL-3.0-or-later
// One gateway in front of a fake service of every protocol, and tests that hold for each of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startGateway } from './gateway.js';
import { anthropic } from './upstreams/anthropic.js';
import { gemini } from './upstreams/gemini.js';
import { ollama } from './upstreams/ollama.js';
import { openai } from './upstreams/openai.js';
import { responses } from './upstreams/responses.js';

export const protocols = [anthropic, gemini, ollama, openai, responses];

/** Who stands in where this one is asked with the header `X-Test-Fallback-Of`. */
export const successorOf = (protocol) => protocols[(protocols.indexOf(protocol) + 1) % protocols.length];

/** Tokens of an answer, in parts that do not overlap. */
export const usage = { input: 20, cached: 5, output: 7, reasoning: 3 };

/** What a client is told of `usage`. */
export function clientUsage({ hasUsageDetails }) {
  return {
    prompt_tokens: 25,
    completion_tokens: 10,
    total_tokens: 35,
    prompt_tokens_details: { cached_tokens: hasUsageDetails ? 5 : 0 },
    completion_tokens_details: { reasoning_tokens: hasUsageDetails ? 3 : 0 },
  };
}

function configFor(apis) {
  const entries = protocols.flatMap((protocol) => {
    const provider = {
      ...protocol.provider(apis.get(protocol)),
      default_model: protocol.model,
      models: { mode: protocol.listed ? 'fetch' : 'static', static: [protocol.model] },
    };
    const listed = { models: { mode: 'static', static: [protocol.model] } };
    return [
      [protocol.name, provider, protocol],
      [`${protocol.name}-locked`, { ...provider, ...listed, api_key: 'sk-that-nobody-knows' }, protocol],
      [`${protocol.name}-hasty`, { ...provider, ...listed, timeouts: { between_chunks: '100ms' } }, protocol],
    ];
  });
  const targets = entries.map(([provider, , { upstreamRequestType }]) => ({
    provider,
    upstream_request_type: upstreamRequestType ?? 'chat_completions',
  }));
  const targetOf = (protocol) => ({
    ...targets.find((target) => target.provider === protocol.name),
    model: protocol.model,
  });
  const withFallback = protocols.map((protocol) => ({
    name: `${protocol.name} with fallback`,
    match: { headers: { 'X-Test-Fallback-Of': protocol.name } },
    targets: [targetOf(protocol)],
    fallback: [targetOf(successorOf(protocol))],
  }));
  return JSON.stringify({
    providers: Object.fromEntries(entries),
    retry: { initial_delay: '1ms', max_delay: '5ms' },
    // These tests fail one service again and again on purpose; what a circuit makes of that has tests of its own.
    circuit_breaker: { enabled: false },
    routing: { routes: [...withFallback, { name: 'default', targets }] },
  });
}

const apis = new Map();
let gateway;

before(async () => {
  for (const protocol of protocols) apis.set(protocol, await protocol.start());
  gateway = await startGateway(configFor(apis)); // JSON is YAML
});

after(async () => {
  await gateway?.close();
  for (const api of apis.values()) await api.close();
});

/** The gateway's name of the service's model. `kind`: of the same service with a wrong key, or without patience. */
export const modelOf = (protocol, kind) => `${protocol.name}${kind ? `-${kind}` : ''}/${protocol.model}`;
export const apiOf = (protocol) => apis.get(protocol);

/**
 * A test for every protocol that `holdsFor`. `body` gets the fake service (`api`), OpenAI's `client`, the gateway's
 * `origin` and its name of the `model`, and `seen(i)`: what the service read in call `i`.
 */
export function everyProtocol(sentence, body, holdsFor = () => true) {
  const chosen = protocols.filter(holdsFor);
  assert.ok(chosen.length > 0, `no protocol for: ${sentence}`);
  for (const protocol of chosen) {
    test(`${protocol.name}: ${sentence}`, async () => {
      const api = apis.get(protocol);
      api.answer();
      const seen = (i = 0) => protocol.seen(api.calls[i]);
      const { client, origin } = gateway;
      await body({ protocol, api, client, origin, model: modelOf(protocol), seen });
      assert.deepEqual(api.refusals, [], 'what the service would not accept');
    });
  }
}

/** Both ways to ask: `ask(params)` gives the completion, whole or as the library's helper assembles it from a stream. */
export const ways = {
  whole: (client, params, options) => client.chat.completions.create(params, options),
  streamed: (client, params, options) =>
    client.chat.completions
      .stream({ ...params, stream_options: { include_usage: true } }, options)
      .finalChatCompletion(),
};
