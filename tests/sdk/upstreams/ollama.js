// SPDX-License-Identifier: GPL-3.0-or-later
// Ollama's own API (Ollama API reference, "Generate a chat message", "Generate a response", "Generate embeddings",
// "List local models", "Show model details").
import { sendJson, sendStream, startApi, vectorOf } from './fake_api.js';
import { checkEmbeddings, checkGeneration, checkRequest, model } from './ollama_requests.js';
import { bearer } from './openai_errors.js';

const key = 'ollama-cloud-key';

const doneReasons = { stop: 'stop', length: 'length' };

/** What the model says, line by line. Tool calls come whole; those of one turn may come in several lines. */
function messagesOf(script, state) {
  const thinking = (script.thinking ?? []).map((piece) => ({ content: '', thinking: piece }));
  const text = (script.text ?? []).map((content) => ({ content }));
  const calls = (script.calls ?? []).map((call, index) => ({
    content: '',
    tool_calls: [
      {
        ...(!script.withoutIds && { id: `call_${(state.count += 1)}` }),
        function: { index, name: call.name, arguments: JSON.parse(call.arguments) },
      },
    ],
  }));
  return [...thinking, ...text, ...calls];
}

function sendFailure(response, { status, message, retryAfter }) {
  sendJson(response, { error: message }, status, retryAfter ? { 'Retry-After': `${retryAfter}` } : {});
}

/** The same answer in a line of `/api/generate`. */
const generated = ({ content, thinking }) => ({ response: content, ...(thinking && { thinking }) });

/** `wrap(message)`: the members of a line that say it. */
function sendAnswer({ response, body }, script, state, wrap) {
  if (script.status) {
    sendFailure(response, script);
    return undefined;
  }
  const head = { model: body.model, created_at: '2026-06-01T10:00:00.123456Z' };
  const end = {
    done: true,
    done_reason: doneReasons[script.finish ?? 'stop'], // also after tool calls
    total_duration: 5191566416,
    load_duration: 2154458,
    prompt_eval_duration: 383809000,
    eval_duration: 479992100,
    prompt_eval_count: script.usage.input + script.usage.cached,
    eval_count: script.usage.output + script.usage.reasoning,
  };
  const messages = messagesOf(script, state);
  if (!body.stream) {
    if (script.ending === 'stall') return undefined;
    const joined = (name) => messages.map((one) => one[name] ?? '').join('');
    const message = { role: 'assistant', content: joined('content') };
    if (script.thinking) message.thinking = joined('thinking');
    if (script.calls) message.tool_calls = messages.flatMap((one) => one.tool_calls ?? []);
    return sendJson(response, { ...head, ...wrap(message), ...end });
  }
  const line = (object) => `${JSON.stringify(object)}\n`;
  const lines = messages.map((message) => line({ ...head, ...wrap({ role: 'assistant', ...message }), done: false }));
  if (script.ending === 'error') lines.push(line({ error: script.message }));
  if (!script.ending) lines.push(line({ ...head, ...wrap({ role: 'assistant', content: '' }), ...end }));
  return sendStream(response, 'application/x-ndjson', lines, script.ending);
}

function embed({ response, body }) {
  checkEmbeddings(body);
  const inputs = [body.input].flat();
  const count = inputs.join(' ').split(' ').length;
  sendJson(response, {
    model: body.model,
    embeddings: inputs.map(vectorOf),
    total_duration: 4,
    load_duration: 1,
    prompt_eval_count: count,
  });
}

function models({ response }) {
  const entry = (name) => ({
    name,
    model: name,
    modified_at: '2026-05-04T17:37:44.706015396-07:00',
    size: 3826793677,
    digest: 'a80c4f17acd5',
    details: {
      parent_model: '',
      format: 'gguf',
      family: 'qwen3',
      parameter_size: '8.2B',
      quantization_level: 'Q4_K_M',
    },
  });
  sendJson(response, { models: [entry(model), entry('nomic-embed-text:latest')] });
}

const plain = { type: 'upstream_error', code: null };

export const ollama = {
  name: 'ollama',
  model,
  provider: (api) => ({ type: 'ollama', api_key: key, base_url: api.origin }),
  start() {
    const state = { count: 0 };
    return startApi({
      key,
      authorise: bearer(key, 'unauthorized'),
      refuse: sendFailure,
      routes: {
        'POST /api/chat': (call, next) => {
          checkRequest(call.body);
          return sendAnswer(call, next(), state, (message) => ({ message }));
        },
        'POST /api/generate': (call, next) => {
          checkGeneration(call.body);
          return sendAnswer(call, next(), state, generated);
        },
        'POST /api/embed': (call, next) => {
          next();
          embed(call);
        },
        'GET /api/tags': models,
      },
    });
  },

  seen({ body }) {
    const { options = {} } = body;
    const asked = (role, content) => (content ? [{ role, content }] : []);
    const messages = body.messages ?? [...asked('system', body.system), ...asked('user', body.prompt)];
    const texts = (role) => messages.filter((one) => one.role === role && one.content).map((one) => one.content);
    const system = texts('system').join('\n');
    const tools = (body.tools ?? []).map((tool) => tool.function.name);
    // There is no way to force a tool but to say so, and to show no other.
    const isTold = /must|call/i.test(system);
    return {
      system,
      user: texts('user'),
      assistant: texts('assistant'),
      images: messages.flatMap((one) => one.images ?? []).map((data) => ['image/png', data]),
      tools,
      forced: isTold ? (tools.length === 1 ? tools[0] : 'required') : undefined,
      parallel: true,
      results: messages.filter((one) => one.role === 'tool').map((one) => `${one.tool_name}: ${one.content}`),
      signatures: messages.filter((one) => one.thinking).length,
      schema: body.format,
      wantsJson: body.format === 'json',
      maxTokens: options.num_predict,
      temperature: options.temperature,
    };
  },

  errors: {
    ...Object.fromEntries([400, 401, 404, 500, 503].map((status) => [status, plain])),
    429: { type: 'rate_limit_error', code: null },
  },
  overloaded: 503,
  hasUsageDetails: false,
  canFilter: false,
  hasNoIds: true,
  showsForcedToolOnly: true,
  dropped: { logit_bias: { 50256: -100 }, user: 'me', parallel_tool_calls: false },
  refused: {
    n: { n: 2 },
    'tools[0]': { tools: [{ type: 'custom', custom: { name: 'patch' } }] },
    web_search_options: { web_search_options: {} },
    'messages[0].content[0].image_url.url': {
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }] }],
    },
  },
  embeddingModel: 'nomic-embed-text:latest',
  listed: ['nomic-embed-text:latest', model],
};
