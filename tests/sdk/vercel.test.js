// SPDX-License-Identifier: GPL-3.0-or-later
// Vercel's AI SDK with each of its protocols.
import { vercelAnthropic, vercelChat, vercelResponses, vercelStoring } from './clients/vercel.js';
import { prove } from './matrix.js';

for (const client of [vercelChat, vercelResponses, vercelStoring, vercelAnthropic]) prove(client);
