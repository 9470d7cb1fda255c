const STATUS_MS = 2000;

/** Adds a copy button to each block of commands. */
const addCopyButtons = (): void => {
  for (const block of document.querySelectorAll<HTMLElement>('pre')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    // A separate live region, because screen readers do not announce a changed label of a focused button.
    const status = document.createElement('span');
    status.className = 'copy-status';
    status.role = 'status';
    const frame = document.createElement('div');
    frame.className = 'block';
    block.replaceWith(frame);
    frame.append(block, button, status);
    button.addEventListener('click', async () => {
      status.textContent = (await copy(block)) ? 'Copied' : 'Press Ctrl+C or Cmd+C to copy the selection';
      setTimeout(() => status.replaceChildren(), STATUS_MS);
    });
  }
};

/** Copies text. Where the page cannot access the clipboard, as in some frames, the text is selected and copied from the selection. */
const copy = async (block: HTMLElement): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(block.textContent);
    return true;
  } catch {
    getSelection()?.selectAllChildren(block);
    return document.execCommand('copy');
  }
};

/** Expands the target of a link, and everything before printing in browsers where the style sheet cannot. */
const openTargets = (): void => {
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

/** The columns of the lists. The cell of the result also contains the severity, after a space. */
const COLUMNS = { compliance: 0, code: 1, account: 2, region: 3 } as const;
const TYPING_PAUSE_MS = 150;

/** Filters the table by text and lists. */
const addFilters = (form: HTMLFormElement, view: View): void => {
  const apply = (): void => {
    const isShown = filterIn(form);
    for (const row of view.rows) {
      const hidden = !isShown(row);
      if (row.element.hidden !== hidden) row.element.hidden = hidden;
    }
    updateStatus(view);
  };
  let pause: ReturnType<typeof setTimeout> | undefined;
  form.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(apply, TYPING_PAUSE_MS);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  // The controls are reset after this event.
  form.addEventListener('reset', () => setTimeout(apply));
  for (const link of document.querySelectorAll<HTMLElement>('[data-show]')) {
    link.addEventListener('click', () => {
      form.reset();
      const list = form.elements.namedItem('code');
      if (list instanceof HTMLSelectElement) list.value = link.dataset['show'] ?? '';
    });
  }
  form.hidden = false;
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

const updateStatus = ({ rows, shown, order }: View): void => {
  const amount = rows.reduce((sum, { element }) => sum + (element.hidden ? 0 : 1), 0);
  const all = rows.length.toLocaleString('en-US');
  const found = amount === rows.length ? all : `${amount.toLocaleString('en-US')} of ${all}`;
  shown.textContent = `${found} finding${rows.length === 1 ? '' : 's'}, ${order}`;
};

/** A row of the table, with the data to filter and sort it. */
type Row = {
  readonly element: HTMLTableRowElement;
  readonly cells: readonly string[];
  readonly rank: number;
  /** The text of the row in lowercase, computed on first use. */
  readonly text: () => string;
};

/** The state of the table: its rows in their current order, and a description of the order. */
type View = {
  readonly table: HTMLTableElement;
  /** The live region with the number of visible rows. */
  readonly shown: HTMLElement;
  rows: readonly Row[];
  order: string;
};

/** Reads the rows of the table, which do not change. */
const rowsOf = (table: HTMLTableElement): readonly Row[] =>
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

/** Turns the headers of sortable columns into buttons. */
const addSorting = (view: View): void => {
  const heads = Array.from(view.table.tHead?.rows[0]?.cells ?? []);
  for (const [column, head] of heads.entries()) {
    if (!head.dataset['sort']) continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const direction = head.ariaSort === 'ascending' ? 'descending' : 'ascending';
      markSorted(head, heads, direction);
      sortBy(view, column, direction);
      view.order = `sorted by ${button.textContent}, ${direction}`;
      updateStatus(view);
    });
  }
};

const markSorted = (
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

/** Ascending is from NOT_APPLICABLE to HIGH. */
const byRank = (a: Row, b: Row): number => b.rank - a.rank;

const byText = (column: number) => {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return (a: Row, b: Row): number => compare(a.cells[column] ?? '', b.cells[column] ?? '');
};

const table = document.querySelector<HTMLTableElement>('#table');
const shown = document.querySelector<HTMLElement>('#shown');
const form = document.querySelector<HTMLFormElement>('#filters');
if (table && shown && form) {
  const view = { table, shown, rows: rowsOf(table), order: 'highest severity first' };
  addFilters(form, view);
  addSorting(view);
}
addCopyButtons();
openTargets();
