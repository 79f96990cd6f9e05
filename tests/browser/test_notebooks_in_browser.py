"""The notebooks as a student sees them: JupyterLab in a browser, every cell run.

BROWSER_SCREENSHOTS=folder keeps a picture of each whole page and each figure.
"""

import pytest

from exercise_lib import paths
from exercise_lib.exercises import catalog

pytestmark = pytest.mark.thorough

RUN_SECONDS = 900  # Beside other tests, on two cores.
READY = """() => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  const kernel = panel?.sessionContext?.session?.kernel;
  return Boolean(panel?.context?.isReady && kernel
    && kernel.status === 'idle' && kernel.connectionStatus === 'connected');
}"""
ALL_RUN = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const code = panel.content.model.sharedModel.cells.filter(c => c.cell_type === 'code');
  const idle = panel.sessionContext.session.kernel.status === 'idle';
  return idle && code.every(c => c.execution_count);
}"""
OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells
  .filter(c => c.cell_type === 'code')
  .map(c => ({source: c.getSource(), outputs: c.getOutputs()}))"""

NOTEBOOKS = [
    pytest.param(folder.name, path.name, id=f"{folder.name}-{path.stem}")
    for folder in (paths.NOTEBOOKS, paths.SOLUTIONS)
    for path in sorted(paths.SOLUTIONS.glob("*.ipynb"))
]


def run_all(page, server, folder, name):
    """Open a notebook, clear it, run all cells, and return [{source, outputs}] of its code."""
    page.goto(f"{server}/lab/tree/{folder}/{name}?token=workshop&reset", timeout=90_000)
    # Run-all hangs if it comes before the kernel is connected.
    page.wait_for_function(READY, timeout=90_000)
    execute = "command => window.jupyterapp.commands.execute(command)"
    page.evaluate(execute, "notebook:clear-all-cell-outputs")
    page.evaluate(execute, "notebook:run-all-cells")
    page.wait_for_function(ALL_RUN, timeout=RUN_SECONDS * 1000, polling=1000)
    return page.evaluate(OUTPUTS)


def text_of(cell):
    """Return all text that a cell printed, and that of what it displayed."""
    outputs = cell["outputs"]
    texts = [out.get("text", out.get("data", {}).get("text/plain", "")) for out in outputs]
    return "\n".join("".join(text) for text in texts)


def figures_of(cell):
    return sum("image/png" in output.get("data", {}) for output in cell["outputs"])


@pytest.mark.parametrize(("folder", "name"), NOTEBOOKS)
def test_every_cell_runs_and_every_verdict_is_shown(browser, server, screenshots, folder, name):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    cells = run_all(page, server, folder, name)
    take_pictures(page, screenshots / f"{folder}_{name.removesuffix('.ipynb')}")
    page.close()

    errors = [cell["source"] for cell in cells for out in cell["outputs"] if "ename" in out]
    assert errors == []
    verdict = "Correct." if folder == "solutions" else "Not attempted."
    chapter = str(int(name[:2]))
    numbers = [number for number in catalog.EXERCISES if number.split(".")[0] == chapter]
    printed = "\n".join(text_of(cell) for cell in cells)
    for number in numbers:
        assert f" {number} {verdict}" in printed
    for cell in cells:
        assert figures_of(cell) == cell["source"].count("plots.plot_"), cell["source"]


def take_pictures(page, stem):
    """Save each figure, and the whole notebook in one tall picture."""
    figures = page.locator(".jp-Notebook .jp-RenderedImage img")
    for number in range(figures.count()):
        figures.nth(number).scroll_into_view_if_needed()
        figures.nth(number).screenshot(path=f"{stem}_figure{number + 1}.png")
    # Whichever of its panels scrolls, it is the tallest.
    panels = page.locator(".jp-Notebook, .jp-Notebook [class*=jp-WindowedPanel]")
    height = max(panels.evaluate_all("nodes => nodes.map(node => node.scrollHeight)"))
    page.set_viewport_size({"width": 1280, "height": min(height + 150, 16_000)})
    page.wait_for_timeout(1000)  # The page is laid out anew.
    panels.evaluate_all("nodes => nodes.forEach(node => { node.scrollTop = 0; })")
    page.screenshot(path=f"{stem}.png")
