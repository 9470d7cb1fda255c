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

/** Opens what a link leads into, and everything before printing where the style sheet cannot. */
export const openTargets = (): void => {
  const open = (): void => {
    const target = location.hash === '' ? null : document.getElementById(location.hash.slice(1));
    const closed = target?.closest('details');
    if (!closed || closed.open) return;
    closed.open = true;
    target?.scrollIntoView();
  };
  addEventListener('hashchange', open);
  open();
  if (!CSS.supports('selector(::details-content)')) {
    addEventListener('beforeprint', () => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
  }
};

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

/** A row of the table, with what it is filtered and sorted by. */
export type Row = {
  readonly element: HTMLTableRowElement;
  readonly cells: readonly string[];
  readonly rank: number;
  /** All that stands in it, in small letters. Made when it is first asked for: most are never searched. */
  readonly text: () => string;
};

/** The table as it stands: its rows in their present order, and how they are sorted, in words. */
export type View = {
  readonly table: HTMLTableElement;
  /** Where it is told, to screen readers as well, what is shown. */
  readonly shown: HTMLElement;
  rows: readonly Row[];
  order: string;
};

/** Reads the rows of the table once: what stands in them does not change. */
export const rowsOf = (table: HTMLTableElement): readonly Row[] =>
  Array.from(table.tBodies[0]?.rows ?? [], (element) => {
    let text: string | undefined;
    return {
      element,
      cells: Array.from(element.cells)
        .slice(0, -1)
        .map((cell) => cell.textContent),
      rank: Number(element.dataset['rank']),
      text: () => {
        text ??= element.textContent.toLowerCase();
        return text;
      },
    };
  });

type Direction = 'ascending' | 'descending';

/** Makes buttons of the headings by which the table can be sorted. `tell` says what is shown. */
export const addSorting = (view: View, tell: () => void): void => {
  const heads = Array.from(view.table.tHead?.rows[0]?.cells ?? []);
  for (const [column, head] of heads.entries()) {
    if (!head.dataset['sort']) continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const direction = head.ariaSort === 'ascending' ? 'descending' : 'ascending';
      mark(head, heads, direction);
      sortBy(view, column, direction);
      view.order = `sorted by ${button.textContent}, ${direction}`;
      tell();
    });
  }
};

const mark = (
  sorted: HTMLTableCellElement,
  heads: readonly HTMLTableCellElement[],
  direction: Direction,
): void => {
  for (const head of heads) {
    if (head.dataset['sort']) head.ariaSort = head === sorted ? direction : 'none';
  }
};

const sortBy = (view: View, column: number, direction: Direction): void => {
  const sign = direction === 'ascending' ? 1 : -1;
  const compare = column === 0 ? byRank : byText(column);
  view.rows = [...view.rows].sort((a, b) => sign * compare(a, b));
  const sorted = document.createDocumentFragment();
  for (const { element } of view.rows) sorted.append(element);
  view.table.tBodies[0]?.append(sorted);
};

/** Ascending is from no harm to the worst. */
const byRank = (a: Row, b: Row): number => b.rank - a.rank;

const byText = (column: number) => {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return (a: Row, b: Row): number => compare(a.cells[column] ?? '', b.cells[column] ?? '');
};

/** What the page can do beyond being read. Without it nothing is missing but this. */
const table = document.querySelector<HTMLTableElement>('#table');
const shown = document.querySelector<HTMLElement>('#shown');
const form = document.querySelector<HTMLFormElement>('#filters');
if (table && shown && form) {
  const view = { table, shown, rows: rowsOf(table), order: 'the worst first' };
  const filters = addFilters(form, view);
  addSorting(view, filters.tell);
}
addCopyButtons();
openTargets();

const TOLD_FOR_MS = 2000;
