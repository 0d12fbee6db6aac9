// SPDX-License-Identifier: GPL-3.0-or-later
// OpenAI's Responses API (OpenAI API reference, "Responses" and "Streaming events").
import { inPieces, inputOf, sendJson, sendStream, startApi } from './fake_api.js';
import { bearer, openaiErrors } from './openai_errors.js';
import { checkRequest, isCall, model } from './responses_requests.js';

const key = 'sk-responses-provider';

const { errors, sendFailure } = openaiErrors({ 500: 'server_error' });

/** The item of a call, as the tool was declared. */
function callOf(call, tools) {
  const tool = tools.find((one) => (one.name ?? one.type) === call.name);
  const { name } = call;
  switch (tool?.type) {
    case 'custom':
      return { type: 'custom_tool_call', prefix: 'ctc', said: { name, input: inputOf(call) } };
    case 'local_shell':
      return { type: 'local_shell_call', prefix: 'lsh', said: { action: JSON.parse(call.arguments) } };
    default:
      return { type: 'function_call', prefix: 'fc', said: { name, arguments: call.arguments } };
  }
}

function outputOf(script, state, body) {
  const output = [];
  if (script.thinking) {
    const id = `rs_${(state.count += 1)}`;
    const isWanted = body.include?.includes('reasoning.encrypted_content');
    const encrypted = script.signature ?? `gAAAA${(state.count += 1)}==`;
    if (isWanted) state.reasoning.set(encrypted, id);
    const summary = [{ type: 'summary_text', text: script.thinking.join('') }];
    output.push({ id, type: 'reasoning', summary, encrypted_content: isWanted ? encrypted : null });
  }
  if (script.text) {
    const part = { type: 'output_text', text: script.text.join(''), annotations: [], logprobs: [] };
    output.push({
      id: `msg_${(state.count += 1)}`,
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [part],
    });
  }
  for (const call of script.calls ?? []) {
    const { type, prefix, said } = callOf(call, body.tools ?? []);
    const id = `${prefix}_${(state.count += 1)}`;
    output.push({ id, type, status: 'completed', call_id: `call_${(state.count += 1)}`, ...said });
  }
  return output;
}

function usageObject({ input, cached, output, reasoning }) {
  return {
    input_tokens: input + cached,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output + reasoning,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + cached + output + reasoning,
  };
}

function responseObject(script, state, body) {
  const isCut = script.finish === 'length' || script.finish === 'filter';
  const reason = script.finish === 'filter' ? 'content_filter' : 'max_output_tokens';
  return {
    id: `resp_${(state.count += 1)}`,
    object: 'response',
    created_at: 1780000005,
    status: isCut ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: isCut ? { reason } : null,
    instructions: body.instructions ?? null,
    model: body.model,
    output: outputOf(script, state, body),
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    store: body.store ?? true,
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    usage: usageObject(script.usage),
    metadata: {},
  };
}

/** Writes an item as it grows. */
const itemEvents = {
  reasoning(item, at, script, send) {
    const place = { ...at, summary_index: 0 };
    const [part] = item.summary;
    send('response.output_item.added', { output_index: at.output_index, item: { ...item, summary: [] } });
    send('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } });
    for (const delta of script.thinking) send('response.reasoning_summary_text.delta', { ...place, delta });
    send('response.reasoning_summary_text.done', { ...place, text: part.text });
    send('response.reasoning_summary_part.done', { ...place, part });
  },
  message(item, at, script, send) {
    const place = { ...at, content_index: 0 };
    const [part] = item.content;
    const begun = { ...item, status: 'in_progress', content: [] };
    send('response.output_item.added', { output_index: at.output_index, item: begun });
    send('response.content_part.added', { ...place, part: { ...part, text: '' } });
    for (const delta of script.text) {
      send('response.output_text.delta', { ...place, delta, logprobs: [], obfuscation: 'x1' });
    }
    if (script.ending) return;
    send('response.output_text.done', { ...place, text: part.text, logprobs: [] });
    send('response.content_part.done', { ...place, part });
  },
  function_call(item, at, script, send) {
    const begun = { ...item, status: 'in_progress', arguments: '' };
    send('response.output_item.added', { output_index: at.output_index, item: begun });
    for (const delta of inPieces(item.arguments)) send('response.function_call_arguments.delta', { ...at, delta });
    send('response.function_call_arguments.done', { ...at, name: item.name, arguments: item.arguments });
  },
  local_shell_call(item, at, script, send) {
    const begun = { ...item, status: 'in_progress' };
    send('response.output_item.added', { output_index: at.output_index, item: begun });
  },
  custom_tool_call(item, at, script, send) {
    const begun = { ...item, status: 'in_progress', input: '' };
    send('response.output_item.added', { output_index: at.output_index, item: begun });
    for (const delta of inPieces(item.input)) send('response.custom_tool_call_input.delta', { ...at, delta });
    send('response.custom_tool_call_input.done', { ...at, input: item.input });
  },
};

function framesOf(script, response) {
  const frames = [];
  const send = (type, members) => {
    const data = { type, sequence_number: frames.length, ...members };
    frames.push(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const begun = { ...response, status: 'in_progress', incomplete_details: null, output: [], usage: null };
  send('response.created', { response: begun });
  send('response.in_progress', { response: begun });
  response.output.forEach((item, i) => {
    itemEvents[item.type](item, { item_id: item.id, output_index: i }, script, send);
    const isOpen = script.ending && i === response.output.length - 1;
    if (!isOpen) send('response.output_item.done', { output_index: i, item });
  });
  if (script.ending === 'error') {
    const error = { type: 'server_error', code: 'server_is_overloaded', message: script.message, param: null };
    send('error', { error });
    send('response.failed', { response: { ...begun, status: 'failed', error } });
  }
  if (!script.ending) send(`response.${response.status}`, { response });
  return frames;
}

function respond({ response, body }, script, state) {
  if (script.status) {
    sendFailure(response, script);
    return undefined;
  }
  const answer = responseObject(script, state, body);
  if (answer.store) {
    for (const item of answer.output) state.items.set(item.id, item);
    state.conversations.set(answer.id, [...body.input, ...answer.output]);
  }
  if (!body.stream) return script.ending === 'stall' ? undefined : sendJson(response, answer);
  return sendStream(response, 'text/event-stream; charset=utf-8', framesOf(script, answer), script.ending);
}

const outputText = (output) => (typeof output === 'string' ? output : output.map((part) => part.text ?? '').join(''));

export const responses = {
  name: 'responses',
  model,
  upstreamRequestType: 'responses',
  provider: (api) => ({ type: 'openai', api_key: key, base_url: `${api.origin}/v1` }),
  start() {
    const state = { count: 0, reasoning: new Map(), items: new Map(), conversations: new Map() };
    return startApi({
      key,
      authorise: bearer(key),
      refuse: sendFailure,
      routes: {
        'POST /v1/responses': (call, next) => {
          checkRequest(call.body, state);
          return respond(call, next(), state);
        },
      },
    });
  },

  seen({ body }) {
    const parts = (role) =>
      body.input.filter((item) => item.type === 'message' && item.role === role).flatMap((item) => item.content);
    const texts = (role) =>
      parts(role)
        .filter((part) => part.text)
        .map((part) => part.text);
    const toolOf = (id) => body.input.find((item) => isCall(item) && item.call_id === id).name ?? 'local_shell';
    const choice = body.tool_choice;
    return {
      system: [body.instructions ?? '', ...texts('system'), ...texts('developer')].join('\n').trim(),
      user: texts('user'),
      assistant: texts('assistant'),
      images: parts('user')
        .filter((part) => part.type === 'input_image')
        .map((part) => /^data:(.*);base64,(.*)$/.exec(part.image_url).slice(1)),
      tools: (body.tools ?? []).map((tool) => tool.name ?? tool.type),
      forced: choice === 'required' ? choice : choice?.name,
      parallel: body.parallel_tool_calls ?? true,
      results: body.input
        .filter((item) => item.type.endsWith('_output'))
        .map((item) => `${toolOf(item.call_id)}: ${outputText(item.output)}`),
      signatures: body.input.filter((item) => item.type === 'reasoning').length,
      schema: body.text?.format?.schema,
      wantsJson: body.text?.format?.type === 'json_object',
      isStored: body.store !== false,
      maxTokens: body.max_output_tokens,
      temperature: body.temperature,
    };
  },

  errors,
  overloaded: 503,
  hasUsageDetails: true,
  canForbidParallel: true,
  dropped: { seed: 7, logit_bias: { 50256: -100 }, stop: ['END'], presence_penalty: 0.5 },
  refused: {
    n: { n: 2 },
    'messages[0].content[0]': {
      messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }] }],
    },
  },
};
