// SPDX-License-Identifier: GPL-3.0-or-later
// Which requests OpenAI's chat API takes.
import { checkBase64, checkMembers, demand, Refusal } from './fake_api.js';

export const model = 'gpt-5';
export const reasoningFormat = 'fake-v1';

const check = (object, place, required, optional) =>
  checkMembers(object, place, required, optional, (at) => `Unrecognized request argument supplied: ${at}`);

function checkContent(content, place) {
  if (typeof content === 'string') return;
  for (const part of content) {
    const member = { text: 'text', image_url: 'image_url', input_audio: 'input_audio' }[part.type];
    demand(member, `Invalid value: '${part.type}' at '${place}'.`);
    check(part, place, ['type', member], ['cache_control']);
    const data = /^data:image\/\w+;base64,(.*)$/.exec(part.image_url?.url ?? '');
    if (data) checkBase64(data[1], place);
  }
}

function checkCall(call, place) {
  check(call, place, ['id', 'type', call.type], ['extra_content']);
  if (call.type === 'custom') checkMembers(call.custom, `${place}.custom`, ['name', 'input']);
  else checkMembers(call.function, `${place}.function`, ['name', 'arguments'], ['parsed_arguments']);
}

function checkTool(tool) {
  check(tool, 'tools', ['type', tool.type === 'custom' ? 'custom' : 'function'], ['cache_control']);
  if (!tool.custom) {
    checkMembers(tool.function, 'tools.function', ['name'], ['description', 'parameters', 'strict']);
    return;
  }
  checkMembers(tool.custom, 'tools.custom', ['name'], ['description', 'format']);
  if (tool.custom.format?.type !== 'grammar') return;
  checkMembers(tool.custom.format, 'tools.custom.format', ['type', 'grammar']);
  checkMembers(tool.custom.format.grammar, 'tools.custom.format.grammar', ['syntax', 'definition']);
}

function checkMessages(messages, state) {
  let open = [];
  for (const [i, message] of messages.entries()) {
    const place = `messages[${i}]`;
    if (message.role === 'tool') {
      check(message, place, ['role', 'content', 'tool_call_id'], ['cache_control']);
      demand(
        open.includes(message.tool_call_id),
        "messages with role 'tool' must be a response to a preceding message",
      );
      open = open.filter((id) => id !== message.tool_call_id);
      continue;
    }
    demand(open.length === 0, `The following tool_call_ids did not have response messages: ${open}`);
    if (message.role !== 'assistant') {
      demand(['user', 'system', 'developer'].includes(message.role), `Invalid value: '${message.role}'.`);
      check(message, place, ['role', 'content'], ['name']);
      checkContent(message.content, `${place}.content`);
      continue;
    }
    const own = [
      'content',
      'refusal',
      'tool_calls',
      'annotations',
      'reasoning',
      'reasoning_content',
      'reasoning_details',
      'parsed',
    ];
    check(message, place, ['role'], own);
    for (const call of message.tool_calls ?? []) {
      checkCall(call, `${place}.tool_calls`);
      open.push(call.id);
    }
    // Those of others are not for this one, and stay unread.
    for (const { format, text, signature } of message.reasoning_details ?? []) {
      const isWhole = format !== reasoningFormat || state.signed.get(signature) === text;
      demand(isWhole, `${place}: Invalid signature in reasoning_details`);
    }
  }
  demand(open.length === 0, `The following tool_call_ids did not have response messages: ${open}`);
}

/** Refuses what the service would not take. */
export function checkRequest(body, state) {
  check(
    body,
    '',
    ['model', 'messages'],
    [
      'stream',
      'stream_options',
      'max_tokens',
      'max_completion_tokens',
      'temperature',
      'top_p',
      'stop',
      'seed',
      'n',
      'user',
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'response_format',
      'reasoning_effort',
      'reasoning',
      'cache_control',
      'logit_bias',
      'metadata',
      'verbosity',
      'prompt_cache_key',
      'safety_identifier',
      'service_tier',
      'store',
    ],
  );
  if (body.model !== model) throw new Refusal(404, `The model '${body.model}' does not exist`);
  demand(
    body.stream || !body.stream_options,
    "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
  );
  demand(body.max_tokens === undefined, "Unsupported parameter: 'max_tokens' is not supported with this model.");
  checkMessages(body.messages, state);
  (body.tools ?? []).forEach(checkTool);
  demand([body.stop ?? []].flat().length <= 4, "Invalid 'stop': array too long.");
  demand((body.safety_identifier ?? '').length <= 64, "Invalid 'safety_identifier': string too long.");
  demand(!body.tool_choice || body.tools?.length, "'tool_choice' is only allowed when 'tools' are specified.");
}

/** The same for embeddings. */
export function checkEmbeddings(body) {
  check(body, '', ['model', 'input'], ['encoding_format', 'dimensions', 'user']);
}
