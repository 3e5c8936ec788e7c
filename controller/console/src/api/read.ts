// SPDX-License-Identifier: Apache-2.0

/** What an answer holds; its problem is thrown, as queries want it. */
export async function read<Data>(answer: Promise<{ data?: Data; error?: unknown }>): Promise<Data> {
  const { data, error } = await answer;
  if (error !== undefined) throw error;
  return data as Data;
}
