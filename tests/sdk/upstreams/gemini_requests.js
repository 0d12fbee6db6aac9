// SPDX-License-Identifier: GPL-3.0-or-later
// Which requests Google's native Gemini API takes.
import { checkBase64, checkMembers, demand } from './fake_api.js';

export const model = 'gemini-3-flash-preview';
export const embeddingModel = 'gemini-embedding-001';
// For calls of models that sign nothing.
export const anySignature = 'skip_thought_signature_validator';

const check = (object, place, required, optional) => {
  const unknown = (at, name) =>
    `Invalid JSON payload received. Unknown name "${name}" at '${place}': Cannot find field.`;
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
    demand(
      part.functionResponse.response.constructor === Object,
      `${place}.function_response.response: must be a Struct`,
    );
  }
  const isSkipped = part.functionCall && part.thoughtSignature === anySignature;
  if (part.thoughtSignature !== undefined && !isSkipped) {
    const signed = state.signed.get(part.thoughtSignature);
    const said = part.functionCall ? JSON.stringify([part.functionCall.name, part.functionCall.args]) : part.text;
    demand(signed === said, `${place}: Thought signature is not valid: it signs ${signed}, not ${said}`);
  }
}

const calls = (content) => content.parts.filter((part) => part.functionCall).map((part) => part.functionCall);
const responses = (content) =>
  content.parts.filter((part) => part.functionResponse).map((part) => part.functionResponse);

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
  '$defs',
  '$ref',
  'type',
  'enum',
  'anyOf',
  'oneOf',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'prefixItems',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'format',
  'title',
  'description',
  'pattern',
  'default',
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
    demand(
      declarations.some((one) => one.name === name),
      `allowed_function_names: no function ${name}`,
    );
  }
}

function checkGenerationConfig(config) {
  const members = [
    'maxOutputTokens',
    'temperature',
    'topP',
    'topK',
    'seed',
    'presencePenalty',
    'frequencyPenalty',
    'stopSequences',
    'responseMimeType',
    'responseJsonSchema',
    'thinkingConfig',
    'candidateCount',
  ];
  check(config, 'generation_config', [], members);
  if (config.responseJsonSchema) {
    demand(config.responseMimeType === 'application/json', 'response_json_schema needs response_mime_type');
    checkSchema(config.responseJsonSchema, 'response_json_schema');
  }
  if (!config.thinkingConfig) return;
  const { thinkingLevel: level, thinkingBudget: budget } = config.thinkingConfig;
  check(config.thinkingConfig, 'thinking_config', [], ['thinkingLevel', 'thinkingBudget', 'includeThoughts']);
  demand(
    level === undefined || budget === undefined,
    'You can only set only one of thinking budget and thinking level.',
  );
  demand(/^(minimal|low|medium|high)?$/i.test(level ?? ''), 'thinking_level: invalid');
}

/** Refuses what the service would not take. */
export function checkRequest(body, state) {
  check(body, '', ['contents'], ['systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'safetySettings']);
  checkContents(body.contents, state);
  if (body.systemInstruction) {
    check(body.systemInstruction, 'system_instruction', ['parts'], ['role']);
    for (const part of body.systemInstruction.parts) check(part, 'system_instruction.parts', ['text']);
  }
  checkTools(body);
  if (body.generationConfig) checkGenerationConfig(body.generationConfig);
}

/** The same for `batchEmbedContents`. */
export function checkEmbeddings(body) {
  check(body, '', ['requests']);
  for (const request of body.requests) {
    check(request, 'requests', ['model', 'content'], ['outputDimensionality', 'taskType']);
    demand(request.model === `models/${embeddingModel}`, `requests.model: ${request.model}`);
    check(request.content, 'requests.content', ['parts']);
  }
}
