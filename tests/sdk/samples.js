// SPDX-License-Identifier: GPL-3.0-or-later
// What several tests ask with.
import { z } from 'zod';

/** A pixel. */
export const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export const Trip = z.object({
  city: z.string().describe('where to'),
  days: z.int().min(1).max(30),
  kind: z.enum(['work', 'holiday']),
  stops: z.array(z.object({ name: z.string(), note: z.string().nullable() })),
});
export const trip = { city: 'Kraków', days: 3, kind: 'holiday', stops: [{ name: 'Wien', note: null }] };
export const tripText = JSON.stringify(trip, null, 1);

/** A tool of one string argument. */
export const cityParameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
