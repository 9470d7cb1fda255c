import type { Row, View } from './rows.js';

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
