// SPDX-License-Identifier: GPL-3.0-or-later
// Which requests Anthropic's Messages API takes.
import { checkBase64, checkMembers, demand, Refusal } from './fake_api.js';

export const model = 'claude-opus-4-6';
export const smallModel = 'claude-haiku-4-5';

const check = (object, place, required, optional) =>
  checkMembers(object, place, required, optional, (at) => `${at}: Extra inputs are not permitted`);

function checkText(text, place) {
  demand(typeof text === 'string' && text.trim() !== '', `${place}: text content blocks must be non-empty`);
}

const resultBlocks = {
  text(block, place) {
    check(block, place, ['type', 'text'], ['cache_control']);
    checkText(block.text, place);
  },
  image(block, place) {
    check(block, place, ['type', 'source'], ['cache_control']);
    if (block.source.type === 'url') {
      check(block.source, `${place}.source`, ['type', 'url']);
      return;
    }
    check(block.source, `${place}.source`, ['type', 'media_type', 'data']);
    demand(/^image\/(jpeg|png|gif|webp)$/.test(block.source.media_type), `${place}.source.media_type: not supported`);
    checkBase64(block.source.data, `${place}.source`);
  },
};

/** The text of a tool's result. */
export const contentText = (content) =>
  typeof content === 'string' ? content : (content ?? []).map((block) => block.text ?? '').join('');

const userBlocks = {
  ...resultBlocks,
  tool_result(block, place) {
    check(block, place, ['type', 'tool_use_id'], ['content', 'is_error', 'cache_control']);
    if (typeof block.content === 'string') return;
    for (const [i, inner] of (block.content ?? []).entries()) {
      demand(resultBlocks[inner.type], `${place}.content.${i}: type ${inner.type} is not allowed`);
      resultBlocks[inner.type](inner, `${place}.content.${i}`);
    }
  },
};

const assistantBlocks = {
  text(block, place) {
    const { citations, ...said } = block; // comes back from clients that keep answers as they are
    resultBlocks.text(said, place);
  },
  thinking(block, place, thoughts) {
    check(block, place, ['type', 'thinking', 'signature']);
    demand(thoughts.get(block.signature) === block.thinking, `${place}: Invalid \`signature\` in \`thinking\` block`);
  },
  tool_use(block, place) {
    check(block, place, ['type', 'id', 'name', 'input'], ['cache_control', 'caller']);
    demand(/^[a-zA-Z0-9_-]+$/.test(block.id), `${place}.id: String should match pattern`);
    demand(block.input?.constructor === Object, `${place}.input: Input should be a valid dictionary`);
  },
};

const ids = (message, type, member) => message.content.filter((one) => one.type === type).map((one) => one[member]);

function checkResults(message, next, place) {
  const asked = ids(message, 'tool_use', 'id');
  demand(new Set(asked).size === asked.length, `${place}: \`tool_use\` ids must be unique`);
  const answered = next ? ids(next, 'tool_result', 'tool_use_id') : [];
  const missing = asked.filter((id) => !answered.includes(id));
  demand(missing.length === 0, `${place}: \`tool_use\` ids were found without \`tool_result\` blocks: ${missing}`);
}

// Whoever is named in the middle needs a beta (Anthropic API reference, "Mid-conversation system messages").
const rolesFor = (betas) =>
  betas.includes('mid-conversation-system-2026-04-07') ? ['user', 'assistant', 'system'] : ['user', 'assistant'];

function checkMessages(messages, thoughts, betas) {
  demand(messages[0]?.role === 'user', 'messages: first message must use the "user" role');
  for (const message of messages) {
    if (typeof message.content === 'string') message.content = [{ type: 'text', text: message.content }];
  }
  for (const [i, message] of messages.entries()) {
    const place = `messages.${i}`;
    check(message, place, ['role', 'content']);
    demand(rolesFor(betas).includes(message.role), `${place}.role: unexpected`);
    demand(message.role !== messages[i - 1]?.role, `${place}: this fake wants turns that are one message`);
    demand(message.content.length > 0, `${place}: must have content`);
    const known = { user: userBlocks, assistant: assistantBlocks, system: { text: resultBlocks.text } }[message.role];
    for (const [j, block] of message.content.entries()) {
      demand(known[block.type], `${place}.content.${j}: type ${block.type} does not belong to this role`);
      known[block.type](block, `${place}.content.${j}`, thoughts);
    }
    if (message.role === 'assistant') {
      checkResults(message, messages[i + 1], place);
      continue;
    }
    const asked = i > 0 ? ids(messages[i - 1], 'tool_use', 'id') : [];
    for (const id of ids(message, 'tool_result', 'tool_use_id')) {
      demand(asked.includes(id), `${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}`);
    }
    const firstOther = message.content.findIndex((one) => one.type !== 'tool_result');
    const lastResult = message.content.findLastIndex((one) => one.type === 'tool_result');
    demand(firstOther < 0 || lastResult < firstOther, `${place}: \`tool_result\` blocks must come first`);
  }
  demand(messages.at(-1).role !== 'assistant', 'This model does not support assistant message prefill.');
}

function checkThinking({ thinking, messages, tool_choice: choice, temperature, max_tokens: maxTokens }) {
  const fields = { enabled: ['budget_tokens'], adaptive: [], disabled: [] }[thinking?.type ?? 'disabled'];
  demand(fields, 'thinking.type: unexpected');
  if (!thinking || thinking.type === 'disabled') return;
  check(thinking, 'thinking', ['type', ...fields], ['display']);
  if (fields.length > 0) {
    const isInRange = thinking.budget_tokens >= 1024 && thinking.budget_tokens < maxTokens;
    demand(isInRange, 'thinking.budget_tokens: out of range');
  }
  demand(!['any', 'tool'].includes(choice?.type), 'Thinking may not be enabled when tool_choice forces tool use.');
  demand((temperature ?? 1) === 1, '`temperature` may only be set to 1 when thinking is enabled');
  if (thinking.type !== 'enabled') return; // adaptive thinking does not ask for the thoughts of earlier turns
  for (const { role, content } of messages) {
    const usesTools = role === 'assistant' && content.some((one) => one.type === 'tool_use');
    demand(!usesTools || content[0].type === 'thinking', `Expected \`thinking\`, but found \`${content[0].type}\``);
  }
}

function checkSchema(schema, place) {
  const refused = [
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
    'pattern',
    'oneOf',
    '$schema',
  ];
  for (const name of refused) demand(schema[name] === undefined, `${place}: property '${name}' is not supported`);
  if (schema.type === 'object') {
    demand(schema.additionalProperties === false, `${place}: 'additionalProperties' must be set to false`);
  }
  for (const [name, inner] of Object.entries(schema.properties ?? {})) checkSchema(inner, `${place}.${name}`);
  if (schema.items) checkSchema(schema.items, `${place}.items`);
}

function checkTools({ tools, tool_choice: choice }) {
  for (const [i, tool] of (tools ?? []).entries()) {
    const place = `tools.${i}`;
    const optional = ['type', 'description', 'strict', 'cache_control', 'eager_input_streaming'];
    check(tool, place, ['name', 'input_schema'], optional);
    demand((tool.type ?? 'custom') === 'custom', `${place}.type: this fake has no tools of its own`);
    demand(/^[a-zA-Z0-9_-]{1,64}$/.test(tool.name), `${place}.name: String should match pattern`);
    demand(tool.input_schema.type === 'object', `${place}.input_schema.type: Field required`);
    if (tool.strict) checkSchema(tool.input_schema, `${place}.input_schema`);
  }
  if (choice === undefined) return;
  demand(tools?.length > 0, 'tool_choice: may only be specified while providing tools');
  const isNamed = choice.type === 'tool';
  demand(['auto', 'any', 'tool', 'none'].includes(choice.type), 'tool_choice.type: unexpected');
  check(choice, 'tool_choice', isNamed ? ['type', 'name'] : ['type'], ['disable_parallel_tool_use']);
  demand(!isNamed || tools.some((tool) => tool.name === choice.name), `tool_choice: no tool ${choice.name}`);
}

// Members that come with a value of `anthropic-beta`.
const betaOf = { context_management: 'context-management-2025-06-27', thread: 'message-threads-2026-08-12' };

function checkBetas(body, betas) {
  for (const [member, beta] of Object.entries(betaOf)) {
    demand(body[member] === undefined || betas.includes(beta), `${member}: Extra inputs are not permitted`);
  }
}

/** How many markers there are (Anthropic docs, "Prompt caching"). */
export function cacheMarkers({ system, tools, messages }) {
  const blocks = [...(system ?? []), ...(tools ?? []), ...messages.flatMap((message) => message.content)];
  return blocks.filter((block) => block.cache_control).length;
}

/** Refuses what the service would not take. `betas` are the values of the header. */
export function checkRequest(body, thoughts, betas = [], required = ['model', 'messages', 'max_tokens']) {
  check(body, '', required, [
    'system',
    'stop_sequences',
    'stream',
    'temperature',
    'top_p',
    'top_k',
    'thinking',
    'output_config',
    'tools',
    'tool_choice',
    'metadata',
    'service_tier',
    'cache_control',
    ...Object.keys(betaOf),
  ]);
  checkBetas(body, betas);
  if (![model, smallModel].includes(body.model)) throw new Refusal(404, `model: ${body.model}`);
  const isCounted = !required.includes('max_tokens');
  demand(
    isCounted || (Number.isInteger(body.max_tokens) && body.max_tokens > 0),
    'max_tokens: must be a number above 0',
  );
  demand(!(body.temperature < 0 || body.temperature > 1), 'temperature: range: 0..1');
  demand(
    body.temperature === undefined || body.top_p === undefined,
    '`temperature` and `top_p` cannot both be specified',
  );
  if (typeof body.system === 'string') body.system = [{ type: 'text', text: body.system }];
  if (Array.isArray(body.system)) body.system.forEach((block, i) => resultBlocks.text(block, `system.${i}`));
  if (body.metadata) check(body.metadata, 'metadata', [], ['user_id']);
  checkMessages(body.messages, thoughts, betas);
  demand(cacheMarkers(body) <= 4, 'A maximum of 4 blocks with cache_control may be provided.');
  checkTools(body);
  checkThinking(body);
  if (body.output_config) {
    check(body.output_config, 'output_config', [], ['effort', 'format']);
    if (body.output_config.format) {
      check(body.output_config.format, 'output_config.format', ['type', 'schema']);
      checkSchema(body.output_config.format.schema, 'output_config.format.schema');
    }
  }
}
