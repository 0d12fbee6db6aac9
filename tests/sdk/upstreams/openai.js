// SPDX-License-Identifier: GPL-3.0-or-later
// OpenAI's chat API (OpenAI API reference, "Chat completions"), as a service speaks it whose models think aloud: with
// OpenRouter's forms of thoughts (`reasoning_details`, "Reasoning tokens") and of marks for prompt caches.
import { inPieces, inputOf, sendJson, sendStream, startApi, vectorOf } from './fake_api.js';
import { bearer, openaiErrors } from './openai_errors.js';
import { checkEmbeddings, checkRequest, model, reasoningFormat } from './openai_requests.js';

const key = 'sk-openai-provider';

const { errors, sendFailure } = openaiErrors();

const nameOf = (tool) => (tool.function ?? tool.custom).name;
const customToolsOf = (body) => (body.tools ?? []).filter((tool) => tool.type === 'custom').map(nameOf);

function usageObject({ input, cached, output, reasoning }) {
  return {
    prompt_tokens: input + cached,
    completion_tokens: output + reasoning,
    total_tokens: input + cached + output + reasoning,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

function partsOf(script, state, customTools) {
  const parts = { calls: [], details: [] };
  if (script.thinking) {
    const signature = `sig${(state.count += 1)}`;
    const text = script.thinking.join('');
    state.signed.set(signature, text);
    parts.details.push({ type: 'reasoning.text', text, signature, format: reasoningFormat, index: 0 });
  }
  for (const call of script.calls ?? []) {
    if (customTools.has(call.name)) {
      const id = `call_${(state.count += 1)}`;
      parts.calls.push({ id, type: 'custom', custom: { name: call.name, input: inputOf(call) } });
      continue;
    }
    // Compatible services have ids of all kinds.
    const id = `fc_functions.${call.name}:${(state.count += 1)}:${'0123456789'.repeat(6)}`;
    parts.calls.push({ id, type: 'function', function: { name: call.name, arguments: call.arguments } });
  }
  return parts;
}

function framesOf(script, parts, head, finish, includeUsage) {
  const frames = [];
  const send = (delta, finishReason = null) => {
    const chunk = {
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finishReason }],
    };
    frames.push(`data: ${JSON.stringify({ ...chunk, ...(includeUsage && { usage: null }) })}\n\n`);
  };
  send({ role: 'assistant', content: '' });
  for (const reasoning of script.thinking ?? []) send({ reasoning });
  if (parts.details.length > 0) send({ reasoning_details: parts.details });
  for (const content of script.text ?? []) send({ content });
  parts.calls.forEach((call, index) => {
    const member = call.type === 'custom' ? 'input' : 'arguments';
    const said = call[call.type];
    send({ tool_calls: [{ index, ...call, [call.type]: { ...said, [member]: '' } }] });
    for (const piece of inPieces(said[member])) send({ tool_calls: [{ index, [call.type]: { [member]: piece } }] });
  });
  if (script.ending === 'error') {
    const error = { message: script.message, type: 'server_error', param: null, code: null };
    frames.push(`data: ${JSON.stringify({ error })}\n\n`);
  }
  if (script.ending) return frames;
  send({}, finish);
  if (includeUsage) {
    const usage = usageObject(script.usage);
    frames.push(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\n`);
  }
  return [...frames, 'data: [DONE]\n\n'];
}

const finishReasons = { stop: 'stop', length: 'length', filter: 'content_filter' };

function complete({ response, body }, script, state) {
  if (script.status) {
    sendFailure(response, script);
    return undefined;
  }
  const parts = partsOf(script, state, new Set(customToolsOf(body)));
  const finish = script.calls ? 'tool_calls' : finishReasons[script.finish ?? 'stop'];
  const head = { id: `chatcmpl-${(state.count += 1)}`, created: 1780000001, model: body.model };
  if (body.stream) {
    const frames = framesOf(script, parts, head, finish, body.stream_options?.include_usage === true);
    return sendStream(response, 'text/event-stream', frames, script.ending);
  }
  if (script.ending === 'stall') return undefined;
  const message = { role: 'assistant', content: script.text?.join('') ?? null, refusal: null };
  if (script.thinking)
    Object.assign(message, { reasoning: script.thinking.join(''), reasoning_details: parts.details });
  if (script.calls) message.tool_calls = parts.calls;
  const choices = [{ index: 0, message, logprobs: null, finish_reason: finish }];
  return sendJson(response, { ...head, object: 'chat.completion', choices, usage: usageObject(script.usage) });
}

function embed({ response, body }) {
  checkEmbeddings(body);
  const data = [body.input].flat().map((text, index) => {
    const numbers = vectorOf(text);
    const asBase64 = () => Buffer.from(new Float32Array(numbers).buffer).toString('base64');
    return { object: 'embedding', index, embedding: body.encoding_format === 'base64' ? asBase64() : numbers };
  });
  sendJson(response, { object: 'list', data, model: body.model, usage: { prompt_tokens: 3, total_tokens: 3 } });
}

function models({ response }) {
  const entry = (id) => ({ id, object: 'model', created: 1686935002, owned_by: 'openai' });
  sendJson(response, { object: 'list', data: [entry(model), entry('text-embedding-3-small')] });
}

export const openai = {
  name: 'openai',
  model,
  provider: (api) => ({
    type: 'openai',
    api_key: key,
    base_url: `${api.origin}/v1`,
    quirks: { reasoning_field: 'object' },
  }),
  start() {
    const state = { count: 0, signed: new Map() };
    return startApi({
      key,
      authorise: bearer(key),
      refuse: sendFailure,
      routes: {
        'POST /v1/chat/completions': (call, next) => {
          checkRequest(call.body, state);
          return complete(call, next(), state);
        },
        'POST /v1/embeddings': (call, next) => {
          next();
          embed(call);
        },
        'GET /v1/models': models,
      },
    });
  },

  seen({ body }) {
    const parts = (role) =>
      body.messages
        .filter((one) => one.role === role && one.content)
        .flatMap((one) => (typeof one.content === 'string' ? [{ type: 'text', text: one.content }] : one.content));
    const texts = (...roles) =>
      roles
        .flatMap(parts)
        .filter((part) => part.text)
        .map((part) => part.text);
    const calls = body.messages.flatMap((one) => one.tool_calls ?? []);
    const toolOf = (id) => nameOf(calls.find((call) => call.id === id));
    const choice = body.tool_choice;
    return {
      system: texts('developer', 'system').join('\n'),
      user: texts('user'),
      assistant: texts('assistant'),
      images: parts('user')
        .filter((part) => part.type === 'image_url')
        .map((part) => /^data:(.*);base64,(.*)$/.exec(part.image_url.url).slice(1)),
      tools: (body.tools ?? []).map(nameOf),
      forced: choice === 'required' ? choice : choice?.function?.name,
      parallel: body.parallel_tool_calls ?? true,
      results: body.messages
        .filter((one) => one.role === 'tool')
        .map((one) => `${toolOf(one.tool_call_id)}: ${[one.content].flat().map((part) => part.text ?? part)}`),
      signatures: body.messages.filter((one) => one.reasoning_details).length,
      schema: body.response_format?.json_schema?.schema,
      wantsJson: body.response_format?.type === 'json_object',
      maxTokens: body.max_completion_tokens,
      temperature: body.temperature,
    };
  },

  errors,
  overloaded: 503,
  hasUsageDetails: true,
  canForbidParallel: true,
  dropped: {},
  refused: {},
  embeddingModel: 'text-embedding-3-small',
  listed: [model, 'text-embedding-3-small'],
};
