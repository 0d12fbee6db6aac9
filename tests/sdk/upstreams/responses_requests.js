// SPDX-License-Identifier: GPL-3.0-or-later
// Which requests OpenAI's Responses API takes.
import { checkBase64, checkMembers, demand, Refusal } from './fake_api.js';

export const model = 'gpt-5-codex';

const check = (object, place, required, optional) =>
  checkMembers(object, place, required, optional, (at) => `Unknown parameter: '${at}'.`);

function checkInputPart(part, place) {
  const members = { input_text: ['text'], input_image: ['image_url', 'detail'], input_file: ['filename', 'file_data'] };
  demand(members[part.type], `Invalid value: '${part.type}' at '${place}'.`);
  check(part, place, ['type', ...members[part.type]]);
  if (part.type !== 'input_image' || !part.image_url.startsWith('data:')) return;
  const data = /^data:image\/(?:png|jpeg|gif|webp);base64,(.*)$/.exec(part.image_url);
  demand(data, `${place}.image_url: invalid`);
  checkBase64(data[1], place);
}

const isUnverified = 'The encrypted content could not be verified.';

function checkId(id, prefix, place) {
  demand(
    id === undefined || id.startsWith(prefix),
    `Invalid '${place}.id'. Expected an ID that begins with '${prefix}'.`,
  );
}

const itemChecks = {
  message(item, place) {
    check(item, place, ['type', 'role', 'content'], ['id', 'status', 'phase']);
    demand(['user', 'system', 'developer', 'assistant'].includes(item.role), `${place}.role: invalid`);
    checkId(item.id, 'msg', place);
    if (item.role === 'assistant') {
      for (const part of item.content) check(part, `${place}.content`, ['type', 'text'], ['annotations', 'logprobs']);
    } else {
      item.content.forEach((part, i) => checkInputPart(part, `${place}.content[${i}]`));
    }
  },
  function_call(item, place) {
    check(item, place, ['type', 'call_id', 'name', 'arguments'], ['id', 'status']);
    for (const id of [item.id ?? 'fc_', item.call_id]) demand(id.length <= 64, `Invalid '${place}': string too long.`);
    checkId(item.id, 'fc', place);
    demand(typeof item.arguments === 'string', `${place}.arguments: must be a string`);
  },
  function_call_output(item, place) {
    check(item, place, ['type', 'call_id', 'output'], ['id', 'status']);
  },
  custom_tool_call(item, place) {
    check(item, place, ['type', 'call_id', 'name', 'input'], ['id', 'status']);
    checkId(item.id, 'ctc', place);
    demand(typeof item.input === 'string', `${place}.input: must be a string`);
  },
  custom_tool_call_output(item, place) {
    check(item, place, ['type', 'call_id', 'output'], ['id', 'status']);
  },
  local_shell_call(item, place) {
    check(item, place, ['type', 'call_id', 'action', 'status'], ['id']);
    check(item.action, `${place}.action`, ['type', 'command', 'env'], ['working_directory', 'timeout_ms', 'user']);
  },
  local_shell_call_output(item, place) {
    check(item, place, ['type', 'call_id', 'output'], ['id', 'status']);
  },
  reasoning(item, place, state) {
    check(item, place, ['type', 'summary'], ['id', 'encrypted_content', 'status', 'content']);
    if (state.items.has(item.id) && !item.encrypted_content) return;
    demand(
      item.encrypted_content,
      `Item with id '${item.id}' not found. Items are not persisted when \`store\` is false.`,
    );
    const issued = state.reasoning.get(item.encrypted_content);
    demand(issued, isUnverified);
    demand(item.id === undefined || item.id === issued, 'Encrypted content item_id did not match the target item id.');
    for (const part of item.summary) check(part, `${place}.summary`, ['type', 'text']);
  },
};

export const isCall = (item) => item.type.endsWith('_call');

/** The input with what it may leave out, and with items in the place of references. */
function wholeInput({ input, previous_response_id: previous }, state) {
  const before = previous === undefined ? [] : state.conversations.get(previous);
  demand(before, `Previous response with id '${previous}' not found.`);
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  const whole = items.map((given) => {
    const item = { type: given.role ? 'message' : 'item_reference', ...given };
    const kind = item.role === 'assistant' ? 'output_text' : 'input_text';
    if (typeof item.content === 'string') item.content = [{ type: kind, text: item.content }];
    if (item.type !== 'item_reference') return item;
    demand(state.items.has(item.id), `Item with id '${item.id}' not found.`);
    return state.items.get(item.id);
  });
  return [...before, ...whole];
}

function checkInput(input, state) {
  const asked = new Map();
  for (const [i, item] of input.entries()) {
    const place = `input[${i}]`;
    const isKnown = Object.hasOwn(itemChecks, item.type);
    demand(isKnown, `Invalid value: '${item.type}' at '${place}.type'.`);
    itemChecks[item.type](item, place, state);
    if (item.type === 'reasoning') {
      const next = input[i + 1];
      const isFollowed = next && (isCall(next) || next.type === 'reasoning' || next.role === 'assistant');
      demand(isFollowed, `Item '${item.id}' of type 'reasoning' was provided without its required following item.`);
    } else if (isCall(item)) {
      demand(!asked.has(item.call_id), `Duplicate call_id ${item.call_id}`);
      asked.set(item.call_id, false);
    } else if (item.type.endsWith('_output')) {
      demand(asked.has(item.call_id), `No tool call found for function call output with call_id ${item.call_id}.`);
      asked.set(item.call_id, true);
    }
  }
  for (const [id, isAnswered] of asked) demand(isAnswered, `No tool output found for function call ${id}.`);
}

const toolChecks = {
  function(tool) {
    check(tool, 'tools', ['type', 'name', 'parameters'], ['description', 'strict']);
    // Without `strict`, it is on.
    const isStrict = tool.strict ?? true;
    if (isStrict) demand(tool.parameters.additionalProperties === false, 'Invalid schema for function');
  },
  custom(tool) {
    check(tool, 'tools', ['type', 'name'], ['description', 'format']);
    if (tool.format?.type === 'grammar') check(tool.format, 'tools.format', ['type', 'syntax', 'definition']);
  },
  local_shell(tool) {
    check(tool, 'tools', ['type']);
  },
  web_search(tool) {
    check(tool, 'tools', ['type'], ['external_web_access', 'search_context_size', 'filters', 'user_location']);
  },
};

function checkTools({ tools, tool_choice: choice }) {
  for (const tool of tools ?? []) {
    demand(toolChecks[tool.type], `Invalid value: '${tool.type}' at 'tools'.`);
    toolChecks[tool.type](tool);
  }
  if (choice === undefined || typeof choice === 'string') {
    demand([undefined, 'none', 'auto', 'required'].includes(choice), 'tool_choice: invalid');
    return;
  }
  check(choice, 'tool_choice', ['type', 'name']);
  demand(
    tools?.some((tool) => tool.name === choice.name),
    `Tool choice '${choice.name}' not found in 'tools'.`,
  );
}

/** Refuses what the service would not take. Leaves the whole conversation in `body.input`. */
export function checkRequest(body, state) {
  check(
    body,
    '',
    ['model', 'input'],
    [
      'instructions',
      'store',
      'include',
      'stream',
      'max_output_tokens',
      'temperature',
      'top_p',
      'reasoning',
      'text',
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'metadata',
      'user',
      'service_tier',
      'truncation',
      'previous_response_id',
      'prompt_cache_key',
      'client_metadata', // of Codex
      'safety_identifier',
      'stream_options',
    ],
  );
  if (body.model !== model) throw new Refusal(404, `The model '${body.model}' does not exist`);
  demand(!(body.max_output_tokens < 16), "Invalid 'max_output_tokens': integer below minimum value.");
  body.input = wholeInput(body, state);
  checkInput(body.input, state);
  checkTools(body);
  if (body.reasoning) check(body.reasoning, 'reasoning', [], ['effort', 'summary']);
  if (!body.text) return;
  check(body.text, 'text', [], ['format', 'verbosity']);
  const { format } = body.text;
  if (format?.type === 'json_schema') {
    check(format, 'text.format', ['type', 'name', 'schema'], ['description', 'strict']);
    if (format.strict) demand(format.schema.additionalProperties === false, 'Invalid schema for response_format');
  }
}
