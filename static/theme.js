// Before the first paint: light, dark, or what the system says.
try {
  const wanted = localStorage.getItem("careerd.theme");
  if (wanted === "light" || wanted === "dark") document.documentElement.dataset.theme = wanted;
} catch { /* A browser that keeps nothing follows the system. */ }
