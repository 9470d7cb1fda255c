const STATUS_MS = 2000;

/** Adds copy buttons to the commands in details when they are opened: a report can contain thousands. */
const addCopyButtons = (): void => {
  document.addEventListener(
    'toggle',
    ({ target }) => {
      if (!(target instanceof HTMLDetailsElement) || !target.open) return;
      for (const block of target.querySelectorAll<HTMLElement>(':not(.block) > pre:not(.template)')) {
        addCopyButton(block);
      }
    },
    // This event does not bubble.
    { capture: true },
  );
};

const addCopyButton = (block: HTMLElement): void => {
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

/** The ranks of the rows, by their numbers. Those with a severity are NON_COMPLIANT. */
const RANKS = ['HIGH', 'MEDIUM', 'LOW', 'COMPLIANT', 'NOT_APPLICABLE'] as const;
const SEVERITIES = 3;
/** The fields of the lists, and what they compare. */
const FIELDS: Readonly<Record<string, (row: Row) => string | undefined>> = {
  severity: ({ rank }) => RANKS[rank],
  compliance: ({ rank }) => (rank < SEVERITIES ? 'NON_COMPLIANT' : RANKS[rank]),
  code: ({ cells }) => cells[1],
  account: ({ cells }) => cells[2],
  region: ({ cells }) => cells[3],
  standard: ({ element }) => element.dataset['standard'],
  risk: ({ element }) => element.dataset['risk'],
};
const TYPING_PAUSE_MS = 150;

/** Filters the table by text and lists. */
const addFilters = (form: HTMLFormElement, view: View): void => {
  const apply = (): void => {
    view.filter = filterIn(form);
    showPage(view, 0);
  };
  let pause: ReturnType<typeof setTimeout> | undefined;
  form.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(apply, TYPING_PAUSE_MS);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  // The controls are reset after this event.
  form.addEventListener('reset', () => setTimeout(apply));
  document.addEventListener('click', ({ target }) => {
    const link = target instanceof Element ? target.closest<HTMLElement>('[data-filter]') : null;
    if (!link) return;
    form.reset();
    for (const [name, value] of new URLSearchParams(link.dataset['filter'])) {
      const list = form.elements.namedItem(name);
      if (list instanceof HTMLSelectElement) list.value = value;
    }
  });
  form.hidden = false;
};

const filterIn = (form: HTMLFormElement): Filter => {
  const given = new FormData(form);
  const words = String(given.get('text') ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean);
  const chosen = Object.entries(FIELDS)
    .map(([name, valueIn]) => ({ valueIn, value: String(given.get(name) ?? '') }))
    .filter(({ value }) => value !== '');
  return (row) =>
    chosen.every(({ valueIn, value }) => valueIn(row) === value) &&
    words.every((word) => row.text().includes(word));
};

/** Shows the rows of a page that match the filter, and hides the others. */
const showPage = (view: View, page: number): void => {
  const matching = view.rows.filter(view.filter);
  const size = Number(view.pages.dataset['rows']);
  const first = page * size;
  const visible = new Set(matching.slice(first, first + size));
  for (const row of view.rows) {
    const hidden = !visible.has(row);
    if (row.element.hidden !== hidden) row.element.hidden = hidden;
  }
  view.page = page;
  view.none.hidden = matching.length > 0;
  view.pages.hidden = matching.length <= size;
  const [previous, next] = view.pages.querySelectorAll('button');
  if (previous) previous.disabled = page === 0;
  if (next) next.disabled = first + size >= matching.length;
  const label = view.pages.querySelector('span');
  const last = Math.min(first + size, matching.length);
  if (label)
    label.textContent = `${numberOf(first + 1)} to ${numberOf(last)} of ${numberOf(matching.length)}`;
  updateStatus(view, matching.length);
};

const numberOf = (amount: number): string => amount.toLocaleString('en-US');

const updateStatus = ({ rows, shown, order }: View, amount: number): void => {
  const all = numberOf(rows.length);
  const found = amount === rows.length ? all : `${numberOf(amount)} of ${all}`;
  shown.textContent = `${found} finding${rows.length === 1 ? '' : 's'}, ${order}`;
};

/** Divides the table into pages. */
const addPages = (view: View): void => {
  view.pages.addEventListener('click', ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    showPage(view, view.page + Number(target.value));
    view.table.scrollIntoView();
  });
  view.table.classList.remove('long');
  showPage(view, 0);
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
  /** What is visible where no row is. */
  readonly none: HTMLElement;
  /** The buttons of the pages, with the number of rows of a page. */
  readonly pages: HTMLElement;
  filter: Filter;
  page: number;
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
        .map((cell) => cell.dataset['value'] ?? cell.textContent),
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
      showPage(view, 0);
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
const none = document.querySelector<HTMLElement>('#none');
const form = document.querySelector<HTMLFormElement>('#filters');
const pages = document.querySelector<HTMLElement>('#pages');
if (table && shown && none && form && pages) {
  const order = 'highest severity first';
  const view = { table, shown, none, pages, filter: () => true, page: 0, rows: rowsOf(table), order };
  addFilters(form, view);
  addSorting(view);
  addPages(view);
}
addCopyButtons();
openTargets();
