// SPDX-License-Identifier: GPL-3.0-or-later
// Google's native Gemini API (Gemini API reference, "Generating content", "Thought signatures", "Embeddings").
import { checkBase64, checkMembers, demand, Refusal, sendJson, sendStream, startApi, vectorOf } from './fake_api.js';

const key = 'AIza-provider';
const model = 'gemini-3-flash-preview';

const statuses = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

const check = (object, place, required, optional) => {
  const unknown = (at, name) => `Invalid JSON payload received. Unknown name "${name}" at '${place}': Cannot find field.`;
  checkMembers(object, place, required, optional, unknown);
};

const partMembers = ['text', 'inlineData', 'functionCall', 'functionResponse'];

function checkPart(part, place, role, state) {
  check(part, place, [], [...partMembers, 'thought', 'thoughtSignature']);
  const kinds = partMembers.filter((name) => part[name] !== undefined);
  demand(kinds.length === 1, `${place}: required oneof field 'data' must have one initialized field`);
  demand(part.functionCall === undefined || role === 'model', `${place}: a functionCall belongs to the model`);
  demand(part.functionResponse === undefined || role === 'user', `${place}: a functionResponse belongs to the user`);
  if (part.inlineData) {
    check(part.inlineData, `${place}.inline_data`, ['mimeType', 'data']);
    checkBase64(part.inlineData.data, `${place}.inline_data`);
  }
  if (part.functionCall) {
    check(part.functionCall, `${place}.function_call`, ['name'], ['id', 'args']);
    demand((part.functionCall.args ?? {}).constructor === Object, `${place}.function_call.args: must be a Struct`);
  }
  if (part.functionResponse) {
    check(part.functionResponse, `${place}.function_response`, ['name', 'response'], ['id', 'parts']);
    demand(part.functionResponse.response.constructor === Object, `${place}.function_response.response: must be a Struct`);
  }
  if (part.thoughtSignature !== undefined) {
    const signed = state.signed.get(part.thoughtSignature);
    const said = part.functionCall ? JSON.stringify([part.functionCall.name, part.functionCall.args]) : part.text;
    demand(signed === said, `${place}: Thought signature is not valid: it signs ${signed}, not ${said}`);
  }
}

const calls = (content) => content.parts.filter((part) => part.functionCall).map((part) => part.functionCall);
const responses = (content) => content.parts.filter((part) => part.functionResponse).map((part) => part.functionResponse);

function checkContents(contents, state) {
  demand(contents.length > 0, 'contents is not specified');
  demand(contents.at(-1).role === 'user', 'Please ensure that the last turn is one of the user');
  for (const [i, content] of contents.entries()) {
    const place = `contents[${i}]`;
    check(content, place, ['role', 'parts']);
    demand(['user', 'model'].includes(content.role), `${place}: Please use a valid role: user, model.`);
    demand(content.role !== contents[i - 1]?.role, `${place}: this fake wants turns that are one content`);
    demand(content.parts.length > 0, `${place}.parts: must not be empty`);
    content.parts.forEach((part, j) => checkPart(part, `${place}.parts[${j}]`, content.role, state));

    const answers = responses(content);
    const asked = i > 0 ? calls(contents[i - 1]) : [];
    demand(
      answers.length === asked.length,
      'Please ensure that the number of function response parts is equal to the number of function call parts of the ' +
        'function call turn.',
    );
    for (const [j, answer] of answers.entries()) {
      const call = answer.id === undefined ? asked[j] : asked.find((one) => one.id === answer.id);
      demand(call?.name === answer.name, `${place}.parts[${j}]: answers no call: ${JSON.stringify(answer)}`);
    }
    const firstCall = content.parts.find((part) => part.functionCall);
    demand(
      !firstCall || firstCall.thoughtSignature,
      'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly.',
    );
  }
}

const schemaMembers = [
  '$defs', '$ref', 'type', 'enum', 'anyOf', 'oneOf', 'properties', 'required', 'additionalProperties', 'items',
  'prefixItems', 'minItems', 'maxItems', 'minimum', 'maximum', 'format', 'title', 'description', 'pattern',
];

function checkSchema(schema, place) {
  check(schema, place, [], schemaMembers);
  for (const [name, inner] of Object.entries(schema.properties ?? {})) checkSchema(inner, `${place}.${name}`);
  if (schema.items) checkSchema(schema.items, `${place}.items`);
}

function checkTools({ tools, toolConfig }) {
  const declarations = (tools ?? []).flatMap((tool) => {
    check(tool, 'tools', [], ['functionDeclarations', 'googleSearch']);
    return tool.functionDeclarations ?? [];
  });
  for (const declaration of declarations) {
    check(declaration, 'function_declarations', ['name'], ['description', 'parametersJsonSchema']);
    demand(/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/.test(declaration.name), 'Invalid function name');
    if (declaration.parametersJsonSchema) checkSchema(declaration.parametersJsonSchema, 'parameters_json_schema');
  }
  if (toolConfig === undefined) return;
  check(toolConfig, 'tool_config', ['functionCallingConfig']);
  const config = toolConfig.functionCallingConfig;
  check(config, 'function_calling_config', ['mode'], ['allowedFunctionNames']);
  demand(['AUTO', 'ANY', 'NONE', 'VALIDATED'].includes(config.mode), 'function_calling_config.mode: invalid');
  const mayName = ['ANY', 'VALIDATED'].includes(config.mode);
  demand(mayName || !config.allowedFunctionNames, 'allowed_function_names: only with ANY and VALIDATED');
  for (const name of config.allowedFunctionNames ?? []) {
    demand(declarations.some((one) => one.name === name), `allowed_function_names: no function ${name}`);
  }
}

function checkGenerationConfig(config) {
  const members = ['maxOutputTokens', 'temperature', 'topP', 'topK', 'seed', 'presencePenalty', 'frequencyPenalty',
    'stopSequences', 'responseMimeType', 'responseJsonSchema', 'thinkingConfig', 'candidateCount'];
  check(config, 'generation_config', [], members);
  if (config.responseJsonSchema) {
    demand(config.responseMimeType === 'application/json', 'response_json_schema needs response_mime_type');
    checkSchema(config.responseJsonSchema, 'response_json_schema');
  }
  if (!config.thinkingConfig) return;
  const { thinkingLevel: level, thinkingBudget: budget } = config.thinkingConfig;
  check(config.thinkingConfig, 'thinking_config', [], ['thinkingLevel', 'thinkingBudget', 'includeThoughts']);
  demand(level === undefined || budget === undefined, 'You can only set only one of thinking budget and thinking level.');
  demand(/^(minimal|low|medium|high)?$/i.test(level ?? ''), 'thinking_level: invalid');
}

function checkRequest(body, state) {
  check(body, '', ['contents'], ['systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'safetySettings']);
  checkContents(body.contents, state);
  if (body.systemInstruction) {
    check(body.systemInstruction, 'system_instruction', ['parts'], ['role']);
    for (const part of body.systemInstruction.parts) check(part, 'system_instruction.parts', ['text']);
  }
  checkTools(body);
  if (body.generationConfig) checkGenerationConfig(body.generationConfig);
}

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

function sendFailure(response, { status, message, retryAfter, error }) {
  const type = 'type.googleapis.com/google.rpc.RetryInfo';
  const details = retryAfter ? [{ '@type': type, retryDelay: `${retryAfter}s` }] : [];
  sendJson(response, { error: { code: status, message, status: statuses[status] ?? 'UNKNOWN', details, ...error } }, status);
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
  check(body, '', ['requests']);
  const embeddings = body.requests.map((request) => {
    check(request, 'requests', ['model', 'content'], ['outputDimensionality', 'taskType']);
    demand(request.model === 'models/gemini-embedding-001', `requests.model: ${request.model}`);
    check(request.content, 'requests.content', ['parts']);
    return { values: vectorOf(request.content.parts.map((part) => part.text).join('')) };
  });
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
  const second = { models: [entry('veo-4', ['predictLongRunning']), entry('gemini-embedding-001', ['embedContent'])] };
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
        'POST /v1beta/models/gemini-embedding-001:batchEmbedContents': (call, next) => {
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
      results: parts.filter((one) => one.functionResponse).map((one) => one.functionResponse.response.output),
      signatures: parts.filter((one) => one.thoughtSignature).length,
      schema: config.responseJsonSchema,
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
  embeddingModel: 'gemini-embedding-001',
  listed: ['gemini-embedding-001', model],
};
