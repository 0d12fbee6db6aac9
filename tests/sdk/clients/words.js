// SPDX-License-Identifier: GPL-3.0-or-later
// The words that all clients of this folder share. A client is told a conversation and asks for turns of it:
//
//   const talk = client.open(origin, { model, system, tools, thinks, maxTokens });
//   talk.user('Hello?');
//   const answer = await talk.ask({ stream, onText, signal });   // the talk keeps it as the library gives it
//   talk.results(answer, { get_time: '12:00' });                 // what its calls gave, by the tool's name
//
// An answer is `{ text, thinking, calls: [{ id, name, arguments }], finish, usage, model }`. `finish` is stop, calls,
// length or filter; `usage` has those of `{ input, cached, output, reasoning }` that the client is told.
import assert from 'node:assert/strict';

/** Whatever the library threw: the status, if there was one, and what was said. */
export const failure = (status, message, more = {}) => ({ status: status ?? null, message, ...more });

/** A finish reason in the shared words. Any other fails the test. */
export function finishOf(reason, names) {
  assert.ok(Object.hasOwn(names, reason), `finish reason: ${reason}`);
  return names[reason];
}
