import { addCopyButtons } from './copy.js';
import { openTargets } from './details.js';
import { addFilters } from './filter.js';
import { rowsOf } from './rows.js';
import { addSorting } from './sort.js';

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
