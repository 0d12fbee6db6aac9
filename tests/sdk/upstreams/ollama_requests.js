// SPDX-License-Identifier: GPL-3.0-or-later
// Which requests Ollama's own API takes.
import { checkBase64, checkMembers, demand, Refusal } from './fake_api.js';

export const model = 'qwen3:8b';

const optionNames = [
  'num_ctx',
  'num_predict',
  'seed',
  'temperature',
  'top_k',
  'top_p',
  'min_p',
  'presence_penalty',
  'frequency_penalty',
  'repeat_penalty',
  'stop',
];

const messageMembers = {
  system: [],
  user: ['images'],
  assistant: ['thinking', 'tool_calls', 'images'],
  tool: ['tool_name', 'tool_call_id', 'images'],
};

function checkMessages(messages) {
  let asked = [];
  for (const [i, message] of messages.entries()) {
    const place = `messages[${i}]`;
    demand(messageMembers[message.role], `invalid role: ${message.role}`);
    checkMembers(message, place, ['role', 'content'], messageMembers[message.role]);
    demand(
      typeof message.content === 'string',
      `json: cannot unmarshal ${place}.content into Go struct field of type string`,
    );
    for (const image of message.images ?? []) checkBase64(image, `${place}.images`);
    if (message.role === 'assistant') asked = [];
    for (const call of message.tool_calls ?? []) {
      checkMembers(call, `${place}.tool_calls`, ['function'], ['id', 'type']);
      checkMembers(call.function, `${place}.tool_calls.function`, ['name', 'arguments'], ['index']);
      const isObject = call.function.arguments?.constructor === Object;
      demand(isObject, 'json: cannot unmarshal string into Go struct field of type api.ToolCallFunctionArguments');
      asked.push({ id: call.id, name: call.function.name });
    }
    if (message.role !== 'tool') continue;
    const { tool_name: name, tool_call_id: id } = message;
    const isAsked = asked.some((call) => call.name === name && (id === undefined || call.id === id));
    demand(isAsked, `${place}: is the answer to no call`);
  }
}

/** Refuses what the service would not take. */
export function checkRequest(body) {
  checkMembers(
    body,
    '',
    ['model', 'messages', 'stream'],
    ['tools', 'format', 'options', 'think', 'keep_alive', 'truncate', 'shift'],
  );
  if (body.model !== model) throw new Refusal(404, `model '${body.model}' not found`);
  demand(typeof body.stream === 'boolean', 'json: cannot unmarshal stream into Go struct field of type bool');
  checkMessages(body.messages);
  for (const tool of body.tools ?? []) {
    checkMembers(tool, 'tools', ['type', 'function']);
    checkMembers(tool.function, 'tools.function', ['name'], ['description', 'parameters']);
  }
  if (body.options) checkMembers(body.options, 'options', [], optionNames);
  const isKnown = [undefined, true, false, 'low', 'medium', 'high', 'max'].includes(body.think);
  demand(isKnown, `invalid think value: ${JSON.stringify(body.think)}`);
  const isFormat = body.format === undefined || body.format === 'json' || body.format.constructor === Object;
  demand(isFormat, 'invalid JSON schema in format');
}

/** The same for `/api/generate`. */
export function checkGeneration(body) {
  checkMembers(
    body,
    '',
    ['model', 'prompt', 'stream'],
    ['suffix', 'system', 'raw', 'images', 'format', 'options', 'think', 'keep_alive'],
  );
  if (body.model !== model) throw new Refusal(404, `model '${body.model}' not found`);
  demand(typeof body.prompt === 'string', 'json: cannot unmarshal prompt into Go struct field of type string');
  if (body.options) checkMembers(body.options, 'options', [], optionNames);
}

/** The same for `/api/embed`. */
export function checkEmbeddings(body) {
  checkMembers(body, '', ['model', 'input'], ['truncate', 'dimensions', 'options', 'keep_alive']);
}
