// Comfort only: every page works without it.
for (const field of document.querySelectorAll("[data-time-zone]")) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...field.options].some((option) => option.value === here)) field.value = here;
}

// On a phone a row of pages is wider than the window. scrollIntoView would scroll the page, too, where the row is far down.
for (const current of document.querySelectorAll(".site-nav [aria-current]")) {
  const row = current.parentElement;
  row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.clientWidth) / 2;
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  const { textContent } = button;
  button.textContent = button.dataset.copied;
  setTimeout(() => {
    button.textContent = textContent;
  }, 2000);
});

document.addEventListener("submit", (event) => {
  const { confirm: question } = event.target.dataset;
  if (question && !window.confirm(question)) event.preventDefault();
});
