// SPDX-License-Identifier: GPL-3.0-or-later
// The snippets of docs/clients.md and docs/ollama.md: programs are run, requests sent, configurations checked.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { simulatorConfig, startGateway } from './gateway.js';

const run = promisify(execFile);
const address = 'http://127.0.0.1:8080';
const key = 'sk-of-the-reader';

const page = (name) => readFileSync(join(process.env.LUNARGATE_DOCS, name), 'utf8');
const text = page('clients.md');

/** The snippets, with the heading that they stand under. */
function snippetsOf(markdown) {
  let heading = '';
  const snippets = [];
  for (const [, title, language, code] of markdown.matchAll(/^## (.*)$|^```(\w+)\n([^]*?)^```$/gm)) {
    if (title) heading = title;
    else snippets.push({ heading, language, code });
  }
  return snippets;
}

const snippets = snippetsOf(text);
const all = [...snippets, ...snippetsOf(page('ollama.md'))];

let gateway;
let folder;
before(async () => {
  gateway = await startGateway(simulatorConfig);
  folder = await mkdtemp(fileURLToPath(new URL('snippets-', import.meta.url))); // here, where the packages are
});
after(async () => {
  await gateway?.close();
  if (folder) await rm(folder, { recursive: true });
});

/** The words of a command line. Double quotes may name the key's variable. */
function wordsOf(command) {
  const words = command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g);
  return [...words].map(([, single, double, bare]) => single ?? (double ?? bare).replaceAll('$LUNARGATE_API_KEY', key));
}

async function send(command) {
  const [, url, ...options] = wordsOf(command);
  assert.ok(url.startsWith(address), url);
  const headers = [];
  let body;
  for (let i = 0; i < options.length; i += 2) {
    if (options[i] === '-H') headers.push(options[i + 1].split(/: ?/, 2));
    else if (options[i] === '-d') body = options[i + 1];
    else assert.fail(`the test does not know ${options[i]}`);
  }
  const response = await fetch(url.replace(address, gateway.origin), { method: 'POST', headers, body });
  const answer = await response.text();
  assert.equal(response.status, 200, answer);
  assert.match(answer, /simulat/i);
}

// Who reads each variable: its own documentation, and where it can be seen, its own code.
const readers = {
  ANTHROPIC_BASE_URL: '@anthropic-ai/sdk/client.mjs', // Claude Code is built on it
  ANTHROPIC_AUTH_TOKEN: '@anthropic-ai/sdk/client.mjs',
  OPENAI_API_KEY: 'openai/client.mjs',
  OPENAI_API_BASE_URL: null, // docs.openwebui.com, "Environment variable configuration"
  OLLAMA_HOST: null, // docs.ollama.com, "FAQ"
};

function checkVariable(name) {
  assert.ok(Object.hasOwn(readers, name), `nobody is known to read ${name}`);
  if (!readers[name]) return;
  const source = readFileSync(new URL(`node_modules/${readers[name]}`, import.meta.url), 'utf8');
  assert.ok(source.includes(name), `${readers[name]} does not read ${name}`);
}

function checkVariables(commands) {
  const names = [...commands.matchAll(/^export (\w+)=/gm)].map(([, name]) => name);
  assert.ok(names.length > 0, 'nothing to check');
  names.forEach(checkVariable);
}

let count = 0;
const checks = {
  async js(code) {
    const file = join(folder, `${(count += 1)}.mjs`);
    await writeFile(file, code.replaceAll(address, gateway.origin));
    const { stdout } = await run(process.execPath, [file], { env: { ...process.env, LUNARGATE_API_KEY: key } });
    assert.match(stdout, /simulat/i);
  },
  async sh(code) {
    if (code.startsWith('curl ')) await send(code);
    else checkVariables(code);
  },
  async yaml(code) {
    if (code.startsWith('name:')) return; // Continue's: the desktop app writes it, whose tests read it
    const file = join(folder, `${(count += 1)}.yaml`);
    await writeFile(file, /^providers:/m.test(code) ? code : code + simulatorConfig); // some show one section only
    const env = { ...process.env, OPENROUTER_API_KEY: key };
    await run(process.env.LUNARGATE_PROGRAM, ['check', file], { env });
  },
  async json(code) {
    for (const name of Object.keys(JSON.parse(code).env ?? {})) checkVariable(name);
  },
  async toml(code) {
    for (const line of code.split('\n')) assert.match(line, /^(|\[[\w.]+\]|\w+ = "[^"]*")$/);
  },
  async python(code) {
    await run('python3', ['-c', 'import ast, sys; ast.parse(sys.argv[1])', code]);
  },
  async text() {}, // what is typed into forms
};

for (const { heading, language, code } of all) {
  test(`${heading || 'the beginning'}: ${code.split('\n').find(Boolean)}`, async () => {
    assert.ok(Object.hasOwn(checks, language), `no check for ${language}`);
    await checks[language](code);
  });
}

test('every client of the table has a snippet', () => {
  const rows = [...text.matchAll(/^\| ([^|]+) \| [^|]+ \| [^|]+ \| \[below\]/gm)];
  const clients = rows.flatMap(([, names]) => names.split(', '));
  assert.ok(clients.length > 8, `${clients}`);
  for (const client of clients) assert.ok(snippets.some(({ heading }) => heading === client), client);
});

test('links to headings lead somewhere', () => {
  const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const [, anchor] of text.matchAll(/\]\(#([^)]*)\)/g)) assert.ok(anchors.includes(anchor), anchor);
});
