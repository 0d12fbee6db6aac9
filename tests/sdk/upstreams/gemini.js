// SPDX-License-Identifier: GPL-3.0-or-later
// Google's native Gemini API (Gemini API reference, "Generating content", "Thought signatures", "Embeddings").
import { demand, Refusal, sendJson, sendStream, startApi, vectorOf } from './fake_api.js';
import { anySignature, checkEmbeddings, checkRequest, embeddingModel, model } from './gemini_requests.js';

const key = 'AIza-provider';

const statuses = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** The answer's parts, grouped as a stream brings them. Signed are the first call, or else the end of the text. */
function chunksOf(script, state) {
  const sign = (what) => {
    const signature = `CiQB${(state.count += 1)}/+A=`;
    state.signed.set(signature, what);
    return signature;
  };
  const chunks = (script.thinking ?? []).map((text) => [{ text, thought: true }]);
  for (const text of script.text ?? []) chunks.push([{ text }]);
  const parts = (script.calls ?? []).map((call, i) => {
    const args = JSON.parse(call.arguments);
    const functionCall = { ...(!script.withoutIds && { id: `fc_${(state.count += 1)}` }), name: call.name, args };
    return { functionCall, ...(i === 0 && { thoughtSignature: sign(JSON.stringify([call.name, args])) }) };
  });
  // Calls of one turn may come in several chunks.
  for (const part of parts) chunks.push([part]);
  if (script.thinking && parts.length === 0 && !script.ending) chunks.push([{ text: '', thoughtSignature: sign('') }]);
  return chunks;
}

const finishReasons = { stop: 'STOP', length: 'MAX_TOKENS', filter: 'SAFETY' };

function usageObject({ input, cached, output, reasoning }) {
  return {
    promptTokenCount: input + cached,
    cachedContentTokenCount: cached,
    candidatesTokenCount: output,
    thoughtsTokenCount: reasoning,
    totalTokenCount: input + cached + output + reasoning,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: input + cached }],
  };
}

function responseOf(parts, usageMetadata, finishReason, id) {
  const candidate = { content: { role: 'model', parts }, ...(finishReason && { finishReason }), index: 0 };
  return { candidates: [candidate], usageMetadata, modelVersion: model, responseId: id };
}

function sendFailure(response, { status, message, retryAfter }) {
  const type = 'type.googleapis.com/google.rpc.RetryInfo';
  const details = retryAfter ? [{ '@type': type, retryDelay: `${retryAfter}s` }] : [];
  sendJson(response, { error: { code: status, message, status: statuses[status] ?? 'UNKNOWN', details } }, status);
}

function sendContent({ response, url }, script, state) {
  if (script.status) {
    sendFailure(response, script);
    return undefined;
  }
  const id = `r${(state.count += 1)}`;
  const chunks = chunksOf(script, state);
  const finish = finishReasons[script.finish ?? 'stop'];
  if (url.pathname.endsWith(':generateContent')) {
    if (script.ending === 'stall') return undefined;
    // Whole answers have a text in one part, with its signature.
    const parts = [];
    for (const part of chunks.flat()) {
      const last = parts.at(-1);
      if (last?.text !== undefined && part.text !== undefined && last.thought === part.thought) {
        last.text += part.text;
        if (part.thoughtSignature) {
          last.thoughtSignature = part.thoughtSignature;
          state.signed.set(part.thoughtSignature, last.text);
        }
      } else {
        parts.push({ ...part });
      }
    }
    return sendJson(response, responseOf(parts, usageObject(script.usage), finish, id));
  }
  demand(url.search === '?alt=sse', 'without alt=sse the stream is an array');
  const frame = (object) => `data: ${JSON.stringify(object)}\r\n\r\n`;
  const soFar = { promptTokenCount: script.usage.input + script.usage.cached, totalTokenCount: 99 };
  const frames = chunks.map((parts, i) => {
    const isLast = i === chunks.length - 1 && !script.ending;
    return frame(responseOf(parts, isLast ? usageObject(script.usage) : soFar, isLast && finish, id));
  });
  if (script.ending === 'error') {
    frames.push(frame({ error: { code: 503, message: script.message, status: 'UNAVAILABLE' } }));
  }
  return sendStream(response, 'text/event-stream', frames, script.ending);
}

function embed({ response, body }) {
  checkEmbeddings(body);
  const textOf = ({ content }) => content.parts.map((part) => part.text).join('');
  const embeddings = body.requests.map((request) => ({ values: vectorOf(textOf(request)) }));
  sendJson(response, { embeddings });
}

function models({ url, response }) {
  const entry = (name, methods) => ({
    name: `models/${name}`,
    version: '001',
    displayName: name,
    inputTokenLimit: 1048576,
    outputTokenLimit: 65536,
    supportedGenerationMethods: methods,
  });
  const isSecond = url.searchParams.get('pageToken') === 'two=';
  const first = { models: [entry(model, ['generateContent', 'countTokens'])], nextPageToken: 'two=' };
  const second = { models: [entry('veo-4', ['predictLongRunning']), entry(embeddingModel, ['embedContent'])] };
  sendJson(response, isSecond ? second : first);
}

export const gemini = {
  name: 'gemini',
  model,
  provider: (api) => ({ type: 'gemini', api_key: key, base_url: `${api.origin}/v1beta` }),
  start() {
    const state = { count: 0, signed: new Map() };
    const generate = (call, next) => {
      checkRequest(call.body, state);
      return sendContent(call, next(), state);
    };
    return startApi({
      key,
      authorise({ headers }) {
        const isKnown = headers['x-goog-api-key'] === key && !headers.authorization;
        if (!isKnown) throw new Refusal(400, 'API key not valid. Please pass a valid API key.');
      },
      refuse: sendFailure,
      routes: {
        [`POST /v1beta/models/${model}:generateContent`]: generate,
        [`POST /v1beta/models/${model}:streamGenerateContent`]: generate,
        [`POST /v1beta/models/${embeddingModel}:batchEmbedContents`]: (call, next) => {
          next();
          embed(call);
        },
        'GET /v1beta/models': models,
      },
    });
  },

  seen({ body }) {
    const parts = body.contents.flatMap((content) => content.parts.map((part) => ({ role: content.role, ...part })));
    const texts = (role) => parts.filter((one) => one.text && !one.thought && one.role === role).map((one) => one.text);
    const config = body.generationConfig ?? {};
    const choice = body.toolConfig?.functionCallingConfig;
    return {
      system: (body.systemInstruction?.parts ?? []).map((part) => part.text).join('\n'),
      user: texts('user'),
      assistant: texts('model'),
      images: parts.filter((one) => one.inlineData).map((one) => [one.inlineData.mimeType, one.inlineData.data]),
      tools: (body.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []).map((tool) => tool.name),
      forced: choice?.mode === 'ANY' ? (choice.allowedFunctionNames?.[0] ?? 'required') : undefined,
      parallel: true,
      results: parts
        .filter((one) => one.functionResponse)
        .map(({ functionResponse: { name, response } }) => `${name}: ${response.output}`),
      signatures: parts.filter((one) => one.thoughtSignature && one.thoughtSignature !== anySignature).length,
      schema: config.responseJsonSchema,
      wantsJson: config.responseMimeType === 'application/json',
      maxTokens: config.maxOutputTokens,
      temperature: config.temperature,
    };
  },

  errors: Object.fromEntries(Object.entries(statuses).map(([status, type]) => [status, { type, code: null }])),
  overloaded: 503,
  hasUsageDetails: true,
  hasNoIds: true,
  dropped: { logit_bias: { 50256: -100 }, user: 'me', metadata: { a: 'b' } },
  refused: {
    n: { n: 2 },
    'tools[0]': { tools: [{ type: 'custom', custom: { name: 'patch' } }] },
    web_search_options: { web_search_options: {} },
    'messages[0].content[0].image_url.url': {
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }] }],
    },
  },
  embeddingModel,
  listed: [embeddingModel, model],
};
