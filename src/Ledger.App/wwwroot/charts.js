// Draws a page's charts of the figures in their data-chart, in the colours of the page.
"use strict";

const colours = ["#2e8b6d", "#d98e04", "#4f86c6", "#c0604a", "#8c6fc0", "#6ba5a0", "#a39a3c", "#98a09c"];
const units = [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]];

const short = (number) => {
  const [unit, suffix] = units.find(([unit]) => Math.abs(number) >= unit) ?? [1, ""];
  return `${Number((number / unit).toPrecision(3))}${suffix}`;
};

for (const place of document.querySelectorAll("[data-chart]")) {
  const told = JSON.parse(place.dataset.chart);
  place.classList.add("chart-drawn");
  const chart = echarts.init(place);
  const draw = () => {
    const { color, borderTopColor: line, fontFamily } = getComputedStyle(place);
    chart.setOption({
      animation: false,
      color: colours,
      textStyle: { color, fontFamily },
      tooltip: { trigger: "axis", confine: true, valueFormatter: (value) => (value == null ? "–" : short(value)) },
      legend: { type: "scroll", bottom: 0, show: told.series.length > 1, textStyle: { color }, pageTextStyle: { color } },
      grid: { left: 8, right: 8, top: 36, bottom: told.series.length > 1 ? 36 : 8, containLabel: true },
      xAxis: { type: "category", data: told.categories, axisLabel: { color, hideOverlap: true }, axisLine: { lineStyle: { color: line } } },
      yAxis: told.axes.map((name, index) => ({
        type: "value", name, nameTextStyle: { color, align: index === 0 ? "left" : "right" }, axisLabel: { color, formatter: short },
        splitLine: { show: index === 0, lineStyle: { color: line } },
      })),
      series: told.series.map(({ name, kind, values, axis, isStacked }) => ({
        name, type: kind, data: values, yAxisIndex: axis, stack: isStacked ? "whole" : undefined, barMaxWidth: 40, symbolSize: 6,
      })),
    });
  };
  draw();
  new ResizeObserver(() => chart.resize()).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
