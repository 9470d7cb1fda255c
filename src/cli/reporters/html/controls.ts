import type { Report } from '../../../core/report.js';
import { html, type Markup } from './markup.js';
import type { Occurrence } from './verdicts.js';

/** What filters the table. Hidden until the script shows it: without, it would promise what it cannot do. */
export const renderControls = ({ findings }: Report, occurrences: readonly Occurrence[]): Markup => {
  const distinct = (values: readonly string[]) => [...new Set(values)].toSorted();
  return html`<form id="filters" role="search" aria-label="Filter the findings" autocomplete="off" hidden>
<p><label for="filter-text">Text</label> <input type="search" id="filter-text" name="text" spellcheck="false"></p>
${renderSelect({ name: 'compliance', label: 'Result', values: distinct(findings.map(({ compliance }) => compliance)) })}
${renderSelect({ name: 'code', label: 'Verdict', values: occurrences.map(({ code }) => code) })}
${renderSelect({ name: 'account', label: 'Account', values: distinct(findings.map(({ accountId }) => accountId)) })}
${renderSelect({ name: 'region', label: 'Region', values: distinct(findings.map(({ region }) => region)) })}
<button type="reset">Show all</button>
</form>`;
};

type Select = { readonly name: string; readonly label: string; readonly values: readonly string[] };

const renderSelect = ({
  name,
  label,
  values,
}: Select): Markup => html`<p><label for="filter-${name}">${label}</label> <select id="filter-${name}" name="${name}">
<option value="">all</option>
${values.map((value) => html`<option value="${value}">${value}</option>\n`)}</select></p>`;
