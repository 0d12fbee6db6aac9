// SPDX-License-Identifier: GPL-3.0-or-later
// Sessions of agents that have no library to test with: what they send is in sessions/*.json, and sent here with plain
// fetch, as they send it. `headers` are those of all exchanges; a `body` may add to one of the `bases`, and have in the
// place of a value:
//   "$model", "$smallModel"      the gateway's names of them
//   {"$content": i}              the blocks of answer i (Messages)
//   {"$items": i}                the items of answer i, in the place of one item (Responses)
//   {"$call": [i, j]}            the id of call j in answer i
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkEvents as checkMessageEvents } from './clients/anthropic_sdk.js';
import { answerOf } from './clients/openai_responses.js';
import { checkEvents as checkResponseEvents } from './clients/responses_events.js';

/** The session in sessions/`name`.json. */
export const readSession = (name) =>
  JSON.parse(readFileSync(new URL(`sessions/${name}.json`, import.meta.url), 'utf8'));

/** The events of a stream, for whom no library reads them. Comments are left out. */
export function eventsOf(text) {
  return text
    .split('\n\n')
    .filter((block) => /^data:/m.test(block))
    .map((block) => {
      const event = JSON.parse(/^data: ?(.*)$/m.exec(block)[1]);
      assert.equal(/^event: ?(.*)$/m.exec(block)?.[1], event.type, 'the name of the event');
      return event;
    });
}

/** The message that the events make. */
function messageOf(events) {
  const known = events.filter((event) => event.type !== 'ping');
  checkMessageEvents(known);
  const content = [];
  const json = [];
  for (const { type, index, content_block: block, delta } of known) {
    if (type === 'content_block_start') content[index] = { ...block };
    if (type === 'content_block_delta' && delta.type === 'input_json_delta') {
      json[index] = (json[index] ?? '') + delta.partial_json;
    } else if (type === 'content_block_delta') {
      const [member] = Object.keys(delta).filter((name) => name !== 'type');
      content[index][member] += delta[member];
    }
    if (type === 'content_block_stop' && json[index]) content[index].input = JSON.parse(json[index]);
  }
  const [{ message }] = known;
  return { ...message, ...known.at(-2).delta, content };
}

/** An item as Codex sends it back: without what only the service needs. */
function asSentBack({ id, status, ...item }) {
  return item.type === 'local_shell_call' ? { status, ...item } : item;
}

const dialects = {
  '/v1/messages': {
    read: (text, isStream) => (isStream ? messageOf(eventsOf(text)) : JSON.parse(text)),
    said: ({ content }) => ({
      content,
      calls: content.filter((block) => block.type === 'tool_use').map(({ id }) => id),
    }),
    textOf: ({ content }) => content.map((block) => block.text ?? '').join(''),
  },
  '/v1/responses': {
    read(text) {
      const response = checkResponseEvents(eventsOf(text));
      answerOf(response); // checks that it is whole
      return response;
    },
    said: ({ output }) => ({
      items: output.map(asSentBack),
      calls: output.filter((item) => item.call_id).map((item) => item.call_id),
    }),
    textOf: ({ output }) =>
      output
        .flatMap((item) => item.content ?? [])
        .map((part) => part.text)
        .join(''),
  },
};

/** `template` with everything in it that answers and names are put in the place of. */
function filled(template, answers, names) {
  const fill = (value) => {
    if (typeof value === 'string') return names[value] ?? value;
    if (Array.isArray(value)) return value.flatMap((one) => (one.$items === undefined ? [fill(one)] : fill(one)));
    if (value === null || typeof value !== 'object') return value;
    if (value.$content !== undefined) return answers[value.$content].content;
    if (value.$items !== undefined) return answers[value.$items].items;
    if (value.$call !== undefined) return answers[value.$call[0]].calls[value.$call[1]];
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner)]));
  };
  return fill(template);
}

/**
 * Sends what the session says, one exchange after the other. Before each `before(exchange)` is called, and after it
 * `after(exchange, { sent, status, answer, text })`: the bytes that were sent, and the answer with its text.
 */
export async function replay(session, { origin, names, before, after }) {
  const answers = [];
  for (const [i, exchange] of session.exchanges.entries()) {
    const { method = 'POST', path } = exchange;
    const body = exchange.body && { ...session.bases[exchange.base], ...exchange.body };
    const sent = body && JSON.stringify(filled(body, answers, names));
    before(exchange);
    const response = await fetch(origin + path, { method, headers: session.headers, body: sent });
    const received = await response.text();
    assert.equal(response.status, 200, `${exchange.says}: ${received}`);
    const dialect = dialects[path.split('?')[0]];
    if (!dialect) {
      after(exchange, { sent, answer: received && JSON.parse(received) });
      continue;
    }
    const type = body.stream ? 'text/event-stream' : 'application/json';
    assert.ok(response.headers.get('content-type').startsWith(type), response.headers.get('content-type'));
    const answer = dialect.read(received, body.stream);
    answers[i] = dialect.said(answer);
    after(exchange, { sent, answer, text: dialect.textOf(answer) });
  }
}
