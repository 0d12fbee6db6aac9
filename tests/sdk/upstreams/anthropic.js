// SPDX-License-Identifier: GPL-3.0-or-later
// Anthropic's Messages API (Anthropic API reference, "Messages" and "Streaming Messages").
import { checkBase64, checkMembers, demand, inPieces, Refusal, sendJson, sendStream, startApi } from './fake_api.js';

const key = 'sk-ant-provider';
const model = 'claude-opus-4-6';

const types = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};
const errorObject = (type, message) => ({ type: 'error', error: { type, message }, request_id: 'req_1' });

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
  text: resultBlocks.text,
  thinking(block, place, thoughts) {
    check(block, place, ['type', 'thinking', 'signature']);
    demand(thoughts.get(block.signature) === block.thinking, `${place}: Invalid \`signature\` in \`thinking\` block`);
  },
  tool_use(block, place) {
    check(block, place, ['type', 'id', 'name', 'input'], ['cache_control']);
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

function checkMessages(messages, thoughts) {
  demand(messages[0]?.role === 'user', 'messages: first message must use the "user" role');
  for (const [i, message] of messages.entries()) {
    const place = `messages.${i}`;
    check(message, place, ['role', 'content']);
    demand(['user', 'assistant'].includes(message.role), `${place}.role: unexpected`);
    demand(message.role !== messages[i - 1]?.role, `${place}: this fake wants turns that are one message`);
    if (typeof message.content === 'string') message.content = [{ type: 'text', text: message.content }];
    demand(message.content.length > 0, `${place}: must have content`);
    const known = message.role === 'user' ? userBlocks : assistantBlocks;
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
  demand(messages.at(-1).role === 'user', 'This model does not support assistant message prefill.');
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
  for (const { role, content } of messages) {
    const usesTools = role === 'assistant' && content.some((one) => one.type === 'tool_use');
    demand(!usesTools || content[0].type === 'thinking', `Expected \`thinking\`, but found \`${content[0].type}\``);
  }
}

function checkSchema(schema, place) {
  const refused = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern', 'oneOf', '$schema'];
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
    check(tool, place, ['name', 'input_schema'], ['description', 'strict', 'cache_control']);
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

function checkRequest(body, thoughts) {
  check(
    body,
    '',
    ['model', 'messages', 'max_tokens'],
    ['system', 'stop_sequences', 'stream', 'temperature', 'top_p', 'top_k', 'thinking', 'output_config', 'tools',
      'tool_choice', 'metadata', 'service_tier', 'cache_control'],
  );
  if (body.model !== model) throw new Refusal(404, `model: ${body.model}`);
  demand(Number.isInteger(body.max_tokens) && body.max_tokens > 0, 'max_tokens: must be a number above 0');
  demand(!(body.temperature < 0 || body.temperature > 1), 'temperature: range: 0..1');
  demand(body.temperature === undefined || body.top_p === undefined, '`temperature` and `top_p` cannot both be specified');
  if (Array.isArray(body.system)) body.system.forEach((block, i) => resultBlocks.text(block, `system.${i}`));
  if (body.metadata) check(body.metadata, 'metadata', [], ['user_id']);
  checkMessages(body.messages, thoughts);
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

const stopReasons = { stop: 'end_turn', length: 'max_tokens', filter: 'refusal' };

function usageObject({ input, cached, output, reasoning }) {
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: output + reasoning,
    output_tokens_details: { thinking_tokens: reasoning },
  };
}

/** The answer's blocks; `pieces` are the deltas that a stream gives them in. */
function blocksOf(script, state) {
  const blocks = [];
  if (script.thinking) {
    const thinking = script.thinking.join('');
    const signature = `EqQBCkYI${(state.count += 1)}+/=`;
    state.thoughts.set(signature, thinking);
    blocks.push({
      whole: { type: 'thinking', thinking, signature },
      start: { type: 'thinking', thinking: '', signature: '' },
      pieces: [
        ...script.thinking.map((piece) => ({ type: 'thinking_delta', thinking: piece })),
        { type: 'signature_delta', signature },
      ],
    });
  }
  if (script.text) {
    blocks.push({
      whole: { type: 'text', text: script.text.join(''), citations: null },
      start: { type: 'text', text: '' },
      pieces: script.text.map((text) => ({ type: 'text_delta', text })),
    });
  }
  for (const call of script.calls ?? []) {
    const head = { type: 'tool_use', id: `toolu_${(state.count += 1)}`, name: call.name };
    // A tool without arguments has one empty piece.
    const isEmpty = call.arguments === '{}';
    blocks.push({
      whole: { ...head, input: JSON.parse(call.arguments) },
      start: { ...head, input: {} },
      pieces: ['', ...(isEmpty ? [] : inPieces(call.arguments))].map((text) => ({
        type: 'input_json_delta',
        partial_json: text,
      })),
    });
  }
  return blocks;
}

function framesOf(script, blocks, message) {
  const frames = [];
  const send = (type, members = {}) => frames.push(`event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`);
  const usage = { ...message.usage, output_tokens: 1 };
  send('message_start', { message: { ...message, content: [], stop_reason: null, usage } });
  blocks.forEach(({ start, pieces }, index) => {
    send('content_block_start', { index, content_block: start });
    if (index === 0) send('ping');
    for (const delta of pieces) send('content_block_delta', { index, delta });
    if (!script.ending || index < blocks.length - 1) send('content_block_stop', { index });
  });
  if (script.ending === 'error') {
    send('error', { error: { type: 'overloaded_error', message: script.message, details: null } });
  }
  if (script.ending) return frames;
  send('message_delta', {
    delta: { stop_reason: message.stop_reason, stop_sequence: null },
    usage: message.usage,
  });
  send('message_stop');
  return frames;
}

function sendFailure(response, { status, message, retryAfter }) {
  const headers = { 'request-id': 'req_1', ...(retryAfter && { 'retry-after': `${retryAfter}` }) };
  sendJson(response, errorObject(types[status] ?? 'api_error', message), status, headers);
}

function sendMessage({ response, body }, script, state) {
  if (script.status) {
    sendFailure(response, script);
    return undefined;
  }
  const blocks = blocksOf(script, state);
  const message = {
    id: `msg_${(state.count += 1)}`,
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: blocks.map((block) => block.whole),
    stop_reason: script.calls ? 'tool_use' : stopReasons[script.finish ?? 'stop'],
    stop_sequence: null,
    usage: usageObject(script.usage),
  };
  if (!body.stream) return script.ending === 'stall' ? undefined : sendJson(response, message);
  const contentType = 'text/event-stream; charset=utf-8';
  return sendStream(response, contentType, framesOf(script, blocks, message), script.ending);
}

function models({ url, response }) {
  demand(Number(url.searchParams.get('limit') ?? 20) <= 1000, 'limit: too large');
  const all = ['claude-opus-4-6', 'claude-haiku-4-5'].map((id) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: '2026-01-02T03:04:05Z',
    max_input_tokens: 200000,
    max_tokens: 64000,
  }));
  // One a page, so that a list that ends too early is noticed.
  const after = all.findIndex((one) => one.id === url.searchParams.get('after_id'));
  const page = all.slice(after + 1, after + 2);
  const hasMore = page.at(-1) !== all.at(-1);
  sendJson(response, { data: page, has_more: hasMore, first_id: page[0].id, last_id: page.at(-1).id });
}

export const anthropic = {
  name: 'anthropic',
  model,
  provider: (api) => ({ type: 'anthropic', api_key: key, base_url: api.origin }),
  start() {
    const state = { count: 0, thoughts: new Map() };
    return startApi({
      key,
      authorise({ headers }) {
        if (headers['x-api-key'] !== key || headers.authorization) throw new Refusal(401, 'invalid x-api-key');
        demand(headers['anthropic-version'] === '2023-06-01', 'anthropic-version: header is required');
      },
      refuse: sendFailure,
      routes: {
        'POST /v1/messages': (call, next) => {
          checkRequest(call.body, state.thoughts);
          return sendMessage(call, next(), state);
        },
        'GET /v1/models': models,
      },
    });
  },

  /** What a request says, in words that all protocols share. */
  seen({ body }) {
    const blocks = body.messages.flatMap((message) => message.content.map((block) => ({ role: message.role, ...block })));
    const texts = (role) => blocks.filter((one) => one.type === 'text' && one.role === role).map((one) => one.text);
    const choice = { any: 'required', tool: body.tool_choice?.name }[body.tool_choice?.type];
    return {
      system: (body.system ?? []).map((block) => block.text).join('\n'),
      user: texts('user'),
      assistant: texts('assistant'),
      images: blocks.filter((one) => one.type === 'image').map((one) => [one.source.media_type, one.source.data]),
      tools: (body.tools ?? []).map((tool) => tool.name),
      forced: choice,
      parallel: !body.tool_choice?.disable_parallel_tool_use,
      results: blocks.filter((one) => one.type === 'tool_result').map((one) => one.content),
      signatures: blocks.filter((one) => one.type === 'thinking').length,
      schema: body.output_config?.format?.schema,
      maxTokens: body.max_tokens,
      temperature: body.temperature,
    };
  },

  /** Status of the service: what the client gets for it. */
  errors: Object.fromEntries(Object.entries(types).map(([status, type]) => [status, { type, code: null }])),
  overloaded: 529,
  hasUsageDetails: true,
  canForbidParallel: true,
  dropped: { seed: 7, logit_bias: { 50256: -100 }, presence_penalty: 0.5 },
  refused: {
    n: { n: 2 },
    'tools[0]': { tools: [{ type: 'custom', custom: { name: 'patch' } }] },
    web_search_options: { web_search_options: {} },
    'messages[0].content[0]': {
      messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }] }],
    },
  },
  listed: ['claude-haiku-4-5', 'claude-opus-4-6'],
};
