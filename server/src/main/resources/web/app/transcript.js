import { html, nothing } from 'lit';

/** Advice for errors, by code. */
const ADVICE = {
  'unknown-model': 'Choose another model and resend.',
  'rate-limited': 'Wait a moment and resend.',
  unavailable: 'Resend. If it keeps failing, check whether the provider is up.',
  'timed-out': 'Resend. If it keeps failing, check whether the provider is up.',
  refused: 'The provider rejected it: check its key, the model name and the length of the conversation.',
  'bad-answer': 'Resend. If it keeps failing, check the server log.',
  store: 'It was not stored. Check the server log and resend.',
};

const CHUNKS = {
  text: ({ text }) => html`<p class="text">${text}</p>`,
  thinking: ({ text }) => html`
    <details class="folded"><summary>Reasoning</summary><p class="text">${text}</p></details>
  `,
  'tool-call': ({ toolName, input }) => html`
    <details class="folded">
      <summary>Tool call: ${toolName}</summary>
      <pre tabindex="0">${typeof input === 'string' ? input : JSON.stringify(input, null, 2)}</pre>
    </details>
  `,
  'tool-result': ({ toolName, content, isError }) => html`
    <details class="folded">
      <summary>Tool ${isError ? 'error' : 'result'}: ${toolName}</summary>
      <pre tabindex="0">${content}</pre>
    </details>
  `,
  error: ({ message, code }) => html`
    <p class="problem"><span>${message}. ${ADVICE[code] ?? 'Resend.'}</span></p>
  `,
  system: ({ text }) => html`<p class="text hint">${text}</p>`,
};

const SPEAKERS = { user: 'You', assistant: 'Model', tool: 'Tool', system: 'System' };

/** All messages of a conversation, stored or still streaming. */
export function transcriptOf(conversation) {
  const { pieces, loaded, busy } = conversation;
  if (pieces.length === 0) {
    return loaded
      ? html`<p class="hint">Send a message. Once it is answered, its prompt can be kept warm.</p>`
      : html`<p aria-busy="true">Loading…</p>`;
  }
  return html`
    <ol class="transcript" role="log" aria-label="Transcript" aria-busy=${busy}>
      ${pieces.map(
        ({ role, chunk }, i) => html`
          <li class=${role}>
            ${role === pieces[i - 1]?.role ? nothing : html`<span class="speaker">${SPEAKERS[role] ?? role}</span>`}
            ${(CHUNKS[chunk.type] ?? CHUNKS.text)(chunk)}
          </li>
        `,
      )}
    </ol>
  `;
}
