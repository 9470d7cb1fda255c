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
