// Before anything is painted: Tabler knows dark and light by an attribute only, not by what the system prefers.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    document.documentElement.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  dark.addEventListener("change", follow);
  addEventListener("beforeprint", () => {
    document.documentElement.dataset.bsTheme = "light";
  });
  addEventListener("afterprint", follow);
  follow();
})();
