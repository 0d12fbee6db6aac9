// SPDX-License-Identifier: GPL-3.0-or-later
// Anthropic's Messages API (Anthropic API reference, "Messages" and "Streaming Messages").
import { cacheMarkers, checkRequest, contentText, model, smallModel } from './anthropic_requests.js';
import { demand, inPieces, Refusal, sendJson, sendStream, startApi } from './fake_api.js';

const key = 'sk-ant-provider';

const types = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};
const errorObject = (type, message) => ({ type: 'error', error: { type, message }, request_id: 'req_1' });

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
    const signature = script.signature ?? `EqQBCkYI${(state.count += 1)}+/=`;
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
      whole: { type: 'text', text: script.text.join('') },
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
  if (body.thread) {
    const messages = [...body.messages, { role: 'assistant', content: message.content }];
    state.threads.set(message.id, structuredClone({ system: body.system, tools: body.tools, messages }));
  }
  if (!body.stream) return script.ending === 'stall' ? undefined : sendJson(response, message);
  const contentType = 'text/event-stream; charset=utf-8';
  return sendStream(response, contentType, framesOf(script, blocks, message), script.ending);
}

// A call that goes on from an answer which the service keeps, with all that came before ("thread" in @anthropic-ai/sdk:
// what a thread was made with must not be repeated).
function withThread(body, threads) {
  if (body.thread?.type !== 'continue') return body;
  const kept = structuredClone(threads.get(body.thread.previous_message_id));
  demand(kept, 'thread.previous_message_id: not found');
  demand(!body.system && !body.tools, 'thread: system and tools are those that it was made with');
  return { ...body, ...kept, messages: [...kept.messages, ...body.messages] };
}

function models({ url, response }) {
  demand(Number(url.searchParams.get('limit') ?? 20) <= 1000, 'limit: too large');
  const all = [model, smallModel].map((id) => ({
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

/** What the service says whenever it is asked how many there are. */
export const countedTokens = 4321;

const betasOf = ({ headers }) => (headers['anthropic-beta'] ?? '').split(',').map((beta) => beta.trim());

export const anthropic = {
  name: 'anthropic',
  model,
  provider: (api) => ({ type: 'anthropic', api_key: key, base_url: api.origin }),
  start() {
    const state = { count: 0, thoughts: new Map(), threads: new Map() };
    return startApi({
      key,
      authorise({ headers }) {
        if (headers['x-api-key'] !== key || headers.authorization) throw new Refusal(401, 'invalid x-api-key');
        demand(/^20\d\d-\d\d-\d\d$/.test(headers['anthropic-version']), 'anthropic-version: header is required');
      },
      refuse: sendFailure,
      routes: {
        'POST /v1/messages': (call, next) => {
          call.body = withThread(call.body, state.threads);
          checkRequest(call.body, state.thoughts, betasOf(call));
          return sendMessage(call, next(), state);
        },
        'POST /v1/messages/count_tokens': (call, next) => {
          checkRequest(call.body, state.thoughts, betasOf(call), ['model', 'messages']);
          next();
          sendJson(call.response, { input_tokens: countedTokens });
        },
        'GET /v1/models': models,
      },
    });
  },

  /** What a request says, in words that all protocols share. */
  seen({ body }) {
    const blocks = body.messages.flatMap((message) =>
      message.content.map((block) => ({ role: message.role, ...block })),
    );
    const texts = (role) => blocks.filter((one) => one.type === 'text' && one.role === role).map((one) => one.text);
    const toolOf = (id) => blocks.find((one) => one.type === 'tool_use' && one.id === id).name;
    const choice = { any: 'required', tool: body.tool_choice?.name }[body.tool_choice?.type];
    return {
      system: (body.system ?? []).map((block) => block.text).join('\n'),
      user: texts('user'),
      assistant: texts('assistant'),
      images: blocks.filter((one) => one.type === 'image').map((one) => [one.source.media_type, one.source.data]),
      tools: (body.tools ?? []).map((tool) => tool.name),
      forced: choice,
      parallel: !body.tool_choice?.disable_parallel_tool_use,
      results: blocks
        .filter((one) => one.type === 'tool_result')
        .map((one) => `${toolOf(one.tool_use_id)}: ${contentText(one.content)}`),
      signatures: blocks.filter((one) => one.type === 'thinking').length,
      schema: body.output_config?.format?.schema,
      wantsJson: (body.system ?? []).some((block) => block.text.includes('JSON')),
      cacheMarkers: cacheMarkers(body),
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
