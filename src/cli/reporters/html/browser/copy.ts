const TOLD_FOR_MS = 2000;

/** Gives each block of commands a button that copies it. */
export const addCopyButtons = (): void => {
  for (const block of document.querySelectorAll<HTMLElement>('pre')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    // A live region of its own: the label of a button that has the focus is not read again when it changes.
    const told = document.createElement('span');
    told.className = 'told';
    told.role = 'status';
    const frame = document.createElement('div');
    frame.className = 'block';
    block.replaceWith(frame);
    frame.append(block, button, told);
    button.addEventListener('click', async () => {
      told.textContent = (await copy(block)) ? 'Copied' : 'Press Ctrl+C to copy what is selected';
      setTimeout(() => told.replaceChildren(), TOLD_FOR_MS);
    });
  }
};

/** Copies a text; where the clipboard is out of reach, as in some files and frames, by selecting it. */
const copy = async (block: HTMLElement): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(block.textContent);
    return true;
  } catch {
    getSelection()?.selectAllChildren(block);
    return document.execCommand('copy');
  }
};
