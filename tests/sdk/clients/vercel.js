// SPDX-License-Identifier: GPL-3.0-or-later
// Vercel's AI SDK, with the protocols that its providers for OpenAI and Anthropic speak.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { APICallError, generateText, jsonSchema, streamText } from 'ai';
import assert from 'node:assert/strict';
import { failure, finishOf } from './words.js';

globalThis.AI_SDK_LOG_WARNINGS = false;

const finishes = { stop: 'stop', 'tool-calls': 'calls', length: 'length', 'content-filter': 'filter' };

const openaiAt = (origin) => createOpenAI({ baseURL: `${origin}/v1`, apiKey: 'sk-client' });
const anthropicAt = (origin) => createAnthropic({ baseURL: `${origin}/v1`, apiKey: 'sk-client' });

const toolsOf = (tools) =>
  Object.fromEntries(
    tools.map(({ name, description, parameters }) => [name, { description, inputSchema: jsonSchema(parameters) }]),
  );

function answerOf({ text, reasoningText, toolCalls, finishReason, usage, response }) {
  return {
    text,
    thinking: reasoningText ?? '',
    calls: toolCalls.map(({ toolCallId: id, toolName: name, input }) => ({ id, name, arguments: input })),
    finish: finishOf(finishReason, finishes),
    usage: {
      input: usage.inputTokens,
      cached: usage.inputTokenDetails.cacheReadTokens ?? 0,
      output: usage.outputTokens,
    },
    model: response.modelId,
  };
}

async function streamed(params, { onText, signal }) {
  const result = streamText({ ...params, abortSignal: signal, onError: () => {} });
  for await (const part of result.fullStream) {
    if (part.type === 'text-delta') onText?.(part.text);
    if (part.type === 'error') throw part.error;
  }
  signal?.throwIfAborted();
  const members = ['text', 'reasoningText', 'toolCalls', 'finishReason', 'usage', 'response'];
  return Object.fromEntries(await Promise.all(members.map(async (member) => [member, await result[member]])));
}

/** One of the SDK's models. `modelAt(origin, id)` makes it, `thinking` are its options for a model that thinks. */
function vercel(name, modelAt, { options, thinking, ...more }) {
  return {
    name: `Vercel ${name}`,
    ...more,
    open(origin, { model, system, tools, thinks, maxTokens }) {
      const messages = [];
      const params = {
        model: modelAt(origin, model),
        messages,
        system,
        maxRetries: 0,
        maxOutputTokens: maxTokens,
        providerOptions: thinks ? thinking : options,
        ...(tools && { tools: toolsOf(tools) }),
      };
      return {
        user: (content) => messages.push({ role: 'user', content }),
        results(answer, texts) {
          const content = answer.calls.map(({ id, name: toolName }) => ({
            type: 'tool-result',
            toolCallId: id,
            toolName,
            output: { type: 'text', value: texts[toolName] },
          }));
          messages.push({ role: 'tool', content });
        },
        use: (another) => Object.assign(params, { model: modelAt(origin, another) }),
        async ask({ stream, ...given } = {}) {
          const result = stream
            ? await streamed(params, given)
            : await generateText({ ...params, abortSignal: given.signal });
          messages.push(...result.response.messages);
          return answerOf(result);
        },
      };
    },
    failureOf(thrown) {
      const isCall = APICallError.isInstance(thrown);
      const said = thrown.message ?? JSON.stringify(thrown);
      return failure(thrown.statusCode, said, {
        type: isCall ? thrown.data?.error?.type : undefined,
        retryAfter: thrown.responseHeaders?.['retry-after'] ?? null,
      });
    },
    isAbort: (thrown) => thrown.name === 'AbortError',
  };
}

const thinkingOfOpenai = { reasoningEffort: 'low', forceReasoning: true };

export const vercelChat = vercel('chat', (origin, id) => openaiAt(origin).chat(id), {
  thinking: { openai: thinkingOfOpenai },
  signs: () => false,
  finishes: ['length', 'filter'],
  showsThoughts: false,
});

const forgetting = { store: false };
export const vercelResponses = vercel('Responses', (origin, id) => openaiAt(origin)(id), {
  options: { openai: forgetting },
  thinking: { openai: { ...forgetting, ...thinkingOfOpenai, reasoningSummary: 'auto' } },
  signs: () => true,
  finishes: ['length', 'filter'],
  showsThoughts: true,
});

/** As the SDK comes: the service keeps the items, and the next turn names them. */
export const vercelStoring = vercel('Responses, stored', (origin, id) => openaiAt(origin)(id), {
  thinking: { openai: { ...thinkingOfOpenai, reasoningSummary: 'auto' } },
  signs: () => true,
  finishes: ['length', 'filter'],
  showsThoughts: true,
});

export const vercelAnthropic = vercel('Anthropic', (origin, id) => anthropicAt(origin)(id), {
  thinking: { anthropic: { thinking: { type: 'adaptive' }, effort: 'low' } },
  signs: () => true,
  finishes: ['length', 'filter'],
  showsThoughts: true,
});
