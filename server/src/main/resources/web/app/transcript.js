import { html, nothing } from 'lit';

/** What can be done about trouble, by its code. */
const ADVICE = {
  'unknown-model': 'Choose another model, and send it again.',
  'rate-limited': 'Wait a little, and send it again.',
  unavailable: 'Send it again. If it stays so, look whether the provider is up.',
  'timed-out': 'Send it again. If it stays so, look whether the provider is up.',
  refused: "The provider will not have it: check its key, the model's name and the length of the conversation.",
  'bad-answer': 'Send it again. If it stays so, look into the log of the server.',
  store: 'It is not kept. Look into the log of the server, and send it again.',
};

const CHUNKS = {
  text: ({ text }) => html`<p class="text">${text}</p>`,
  thinking: ({ text }) => html`
    <details class="folded"><summary>Reasoning</summary><p class="text">${text}</p></details>
  `,
  'tool-call': ({ toolName, input }) => html`
    <details class="folded">
      <summary>Calls ${toolName}</summary>
      <pre tabindex="0">${typeof input === 'string' ? input : JSON.stringify(input, null, 2)}</pre>
    </details>
  `,
  'tool-result': ({ toolName, content, isError }) => html`
    <details class="folded">
      <summary>${toolName} ${isError ? 'failed' : 'answers'}</summary>
      <pre tabindex="0">${content}</pre>
    </details>
  `,
  error: ({ message, code }) => html`
    <p class="problem"><span>${message}. ${ADVICE[code] ?? 'Send it again.'}</span></p>
  `,
  system: ({ text }) => html`<p class="text hint">${text}</p>`,
};

const SPEAKERS = { user: 'You', assistant: 'Model', tool: 'Tool', system: 'Instructions' };

/** Everything said in a conversation, kept or just coming in. */
export function transcriptOf(conversation) {
  const { pieces, known, busy } = conversation;
  if (pieces.length === 0) {
    return known
      ? html`<p class="hint">Say something. Once it is answered, its cache can be kept warm.</p>`
      : html`<p aria-busy="true">Looking …</p>`;
  }
  return html`
    <ol class="transcript" role="log" aria-label="What was said" aria-busy=${busy}>
      ${pieces.map(
        ({ role, chunk }, i) => html`
          <li class=${role}>
            ${role === pieces[i - 1]?.role ? nothing : html`<span class="who">${SPEAKERS[role] ?? role}</span>`}
            ${(CHUNKS[chunk.type] ?? CHUNKS.text)(chunk)}
          </li>
        `,
      )}
    </ol>
  `;
}
