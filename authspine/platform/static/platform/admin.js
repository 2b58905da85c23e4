// Unfold marks no main landmark: without one a screen reader cannot skip the sidebar.
document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("main")?.setAttribute("role", "main");
});
