// SPDX-License-Identifier: GPL-3.0-or-later
// The order of a Responses stream (OpenAI API reference, "Streaming events").
import assert from 'node:assert/strict';

// Events that end what their deltas began: the member of the end that the pieces add up to.
const wholes = {
  'response.output_text': 'text',
  'response.reasoning_summary_text': 'text',
  'response.reasoning_text': 'text',
  'response.refusal': 'refusal',
  'response.function_call_arguments': 'arguments',
  'response.custom_tool_call_input': 'input',
};

const placeOf = (event) => [event.item_id, event.content_index ?? event.summary_index ?? 0].join();

function checkPieces(events) {
  for (const [kind, member] of Object.entries(wholes)) {
    const pieces = new Map();
    for (const event of events) {
      if (event.type === `${kind}.delta`) pieces.set(placeOf(event), (pieces.get(placeOf(event)) ?? '') + event.delta);
      if (event.type !== `${kind}.done`) continue;
      assert.equal(event[member], pieces.get(placeOf(event)) ?? '', event.type);
      pieces.delete(placeOf(event));
    }
    assert.equal(pieces.size, 0, `${kind}: deltas without an end`);
  }
}

function checkItems(events, response) {
  const added = events.filter((event) => event.type === 'response.output_item.added');
  const done = events.filter((event) => event.type === 'response.output_item.done');
  assert.deepEqual(
    added.map((event) => event.output_index),
    added.map((_, i) => i),
  );
  assert.deepEqual(
    done.map((event) => [event.output_index, event.item.id]),
    added.map((event) => [event.output_index, event.item.id]),
  );
  assert.deepEqual(
    response.output,
    done.map((event) => event.item),
  );
}

/** Fails unless the events are in order and whole. Gives the response that the last one has. */
export function checkEvents(events) {
  assert.deepEqual(
    events.map((event) => event.sequence_number),
    events.map((_, i) => i),
  );
  assert.deepEqual(
    events.slice(0, 2).map((event) => event.type),
    ['response.created', 'response.in_progress'],
  );
  const [{ response: begun }] = events;
  assert.equal(begun.status, 'in_progress');
  assert.deepEqual(begun.output, []);
  const ends = events.filter((event) => /^response\.(completed|incomplete|failed)$/.test(event.type));
  assert.deepEqual(ends, [events.at(-1)], 'one terminal event, and it is the last');
  const { response } = events.at(-1);
  assert.equal(response.id, begun.id);
  checkItems(events, response);
  checkPieces(events);
  return response;
}
