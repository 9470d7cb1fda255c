import type { Row, View } from './rows.js';

type Filter = (row: Row) => boolean;

/** The columns of what is chosen from a list. The result's cell also holds the severity, behind a blank. */
const COLUMNS = { compliance: 0, code: 1, account: 2, region: 3 } as const;
const TYPING_PAUSE_MS = 150;

/** Lets people narrow the table down by text and lists. Gives a function that tells what is shown. */
export const addFilters = (form: HTMLFormElement, view: View): { readonly tell: () => void } => {
  const apply = (): void => {
    const isShown = filterIn(form);
    for (const row of view.rows) {
      const hidden = !isShown(row);
      if (row.element.hidden !== hidden) row.element.hidden = hidden;
    }
    tell(view);
  };
  let pause: ReturnType<typeof setTimeout> | undefined;
  form.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(apply, TYPING_PAUSE_MS);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  // The controls have their new values only after this event.
  form.addEventListener('reset', () => setTimeout(apply));
  for (const link of document.querySelectorAll<HTMLElement>('[data-show]')) {
    link.addEventListener('click', () => {
      form.reset();
      const list = form.elements.namedItem('code');
      if (list instanceof HTMLSelectElement) list.value = link.dataset['show'] ?? '';
    });
  }
  form.hidden = false;
  return { tell: () => tell(view) };
};

const filterIn = (form: HTMLFormElement): Filter => {
  const given = new FormData(form);
  const words = String(given.get('text') ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean);
  const chosen = Object.entries(COLUMNS)
    .map(([name, column]) => ({ column, value: String(given.get(name) ?? '') }))
    .filter(({ value }) => value !== '');
  return (row) =>
    chosen.every(({ column, value }) => isIn(row.cells[column] ?? '', value, column)) &&
    words.every((word) => row.text().includes(word));
};

const isIn = (cell: string, value: string, column: number): boolean =>
  column === COLUMNS.compliance ? cell.split(' ')[0] === value : cell === value;

const tell = ({ rows, shown, order }: View): void => {
  const amount = rows.reduce((sum, { element }) => sum + (element.hidden ? 0 : 1), 0);
  const all = rows.length.toLocaleString('en-US');
  const found = amount === rows.length ? all : `${amount.toLocaleString('en-US')} of ${all}`;
  shown.textContent = `${found} finding${rows.length === 1 ? '' : 's'}, ${order}`;
};
