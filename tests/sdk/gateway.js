// SPDX-License-Identifier: GPL-3.0-or-later
// Starts the built gateway and, for tests that need one, a provider to go wrong on purpose.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';

const startLimitMs = 15_000;

/** Runs the gateway with this configuration until close(). `client` is OpenAI's client that talks to it, at `origin`. */
export async function startGateway(yaml) {
  const program = process.env.LUNARGATE_PROGRAM;
  if (!program) throw new Error('LUNARGATE_PROGRAM must name the built program; ctest sets it');
  const folder = await mkdtemp(join(tmpdir(), 'lunargate-sdk-'));
  const config = join(folder, 'config.yaml');
  await writeFile(config, yaml);
  const child = spawn(program, ['--config', config, '--no-gui', '--port', '0'], {
    cwd: folder,
    env: { ...process.env, QT_QPA_PLATFORM: 'offscreen', XDG_DATA_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  const port = await new Promise((resolve, reject) => {
    const give = setTimeout(() => reject(new Error(`the gateway does not say that it listens:\n${log}`)), startLimitMs);
    child.stderr.setEncoding('utf8').on('data', (text) => {
      log += text;
      const found = /gateway listening.*http:\/\/127\.0\.0\.1:(\d+)/.exec(log);
      if (!found) return;
      clearTimeout(give);
      resolve(Number(found[1]));
    });
    child.once('exit', (code) => {
      clearTimeout(give);
      reject(new Error(`the gateway ended with ${code}:\n${log}`));
    });
  });
  const origin = `http://127.0.0.1:${port}`;
  const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'sk-client', maxRetries: 0 });
  const close = async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  return { client, origin, port, close, log: () => log };
}

/** A provider on 127.0.0.1. `answer(request, response, body)` is called for every request; `calls` are the bodies. */
export async function startUpstream(answer) {
  const calls = [];
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    const body = JSON.parse(text);
    calls.push(body);
    answer(request, response, body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { calls, close, url: `http://127.0.0.1:${server.address().port}/v1` };
}

export const simulatorConfig = `
providers:
  sim:
    type: simulator
    default_model: simulator-1
routing:
  routes:
    - name: default
      targets: [{provider: sim}]
`;

/** One route to that provider; short delays, as tests wait for retries. */
export const configFor = (upstream) => `
providers:
  fake:
    type: openai
    default_model: fake-model
    api_key: sk-provider
    base_url: ${upstream.url}
retry: {initial_delay: 1ms, max_delay: 5ms}
routing:
  routes:
    - name: default
      targets: [{provider: fake}]
`;
