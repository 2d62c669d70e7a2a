// Draws the table of the six steps as lines (uPlot). The table is what is drawn, and stays for those who read it;
// without this file, without uPlot or without JavaScript it is simply open.
(() => {
  "use strict";
  const COLOURS = ["#0f6e6a", "#a9560c", "#7d3c78", "#3f5a6b", "#b3261e", "#5b6b00"];
  const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [], [5, 5]];
  let drawn = null;

  const read = (table) => {
    const days = [...table.querySelectorAll("tbody time")].map((each) => Date.parse(each.dateTime) / 1000);
    const names = [...table.querySelectorAll("thead th")].slice(1).map((each) => each.textContent);
    const rows = [...table.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")]);
    const values = names.map((_, n) => rows.map((row) => (row[n].dataset.value ? Number(row[n].dataset.value) : null)));
    return { days, names, values };
  };

  const options = ({ days, names, values }, width) => {
    const language = document.documentElement.lang;
    const month = language === "vi" ? "numeric" : "short";
    const short = new Intl.DateTimeFormat(language === "vi" ? "vi" : "en-GB", { day: "numeric", month, timeZone: "UTC" });
    const long = new Intl.DateTimeFormat(language === "vi" ? "vi" : "en-GB", { dateStyle: "medium", timeZone: "UTC" });
    const share = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
    const percent = (value) => (value == null ? "–" : `${share.format(value)}%`);
    const axis = { stroke: "#55656b", grid: { stroke: "#e5dfd3", width: 1 }, ticks: { show: false }, font: "12px system-ui" };
    return {
      width,
      height: width < 500 ? 220 : 300,
      scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.min(100, Math.max(10, Math.ceil((most || 0) / 10) * 10))] } },
      axes: [
        { ...axis, splits: (chart) => days.filter((_, n) => (days.length - 1 - n) % Math.ceil(60 * days.length / chart.width) === 0), values: (_, splits) => splits.map((day) => short.format(day * 1000)) },
        { ...axis, size: 56, values: (_, splits) => splits.map(percent) },
      ],
      cursor: { drag: { x: false, y: false } },
      legend: { isolate: false },
      series: [
        { label: document.getElementById("course-table").tHead.rows[0].cells[0].textContent, value: (_, day) => long.format((day ?? days.at(-1)) * 1000) },
        ...names.map((label, n) => ({
          label,
          stroke: COLOURS[n % COLOURS.length],
          dash: DASHES[n % DASHES.length],
          width: 2.2,
          points: { show: true, size: 5, fill: COLOURS[n % COLOURS.length] },
          value: (_, value, __, at) => percent(at == null ? values[n].at(-1) : value),
        })),
      ],
    };
  };

  const draw = () => {
    const place = document.getElementById("course-chart");
    const table = document.getElementById("course-table");
    if (!place || !table || !window.uPlot || place.childElementCount) return;
    const shown = read(table);
    if (!shown.values.some((line) => line.some((value) => value !== null))) return;
    const first = place.hidden;
    place.hidden = false;
    drawn?.destroy();
    drawn = new uPlot(options(shown, place.clientWidth), [shown.days, ...shown.values], place);
    if (first && !document.body.dataset.fresh) place.nextElementSibling.open = false;
  };

  const fit = (width) => drawn?.setSize({ width, height: width < 500 ? 220 : 300 });
  const fitToPage = () => fit(document.getElementById("course-chart")?.clientWidth || 600);
  addEventListener("resize", fitToPage);
  addEventListener("beforeprint", () => fit(640));
  addEventListener("afterprint", fitToPage);
  document.addEventListener("swapped", draw);
  draw();
})();
