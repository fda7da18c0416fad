// The map: an outline, a circle per cercle that follows the time slider, and sites for stewards.
"use strict";

(() => {
  const box = document.getElementById("map");
  const slider = document.getElementById("period");
  const shown = document.getElementById("period-name");
  const words = box.dataset;
  const map = L.map(box, { preferCanvas: true, attributionControl: true, zoomSnap: 0.25, minZoom: 5, maxZoom: 13 });
  map.attributionControl.setPrefix(false).addAttribution(words.credit);
  map.setView([13.9, -10.9], 7.25);
  const circles = L.layerGroup().addTo(map);
  const points = L.layerGroup();
  let data = { periods: [], cercles: [] };
  let sites = [];

  const radius = (n) => 6 + Math.sqrt(n) * 1.6;

  const drawCercles = () => {
    const [period, label] = data.periods[Number(slider.value)] || ["", words.none];
    shown.textContent = label;
    circles.clearLayers();
    for (const cercle of data.cercles) {
      const n = cercle.people[period];
      const known = typeof n === "number";
      const style = known
        ? { radius: radius(n), color: "#083f4a", weight: 1.5, fillColor: "#0b5563", fillOpacity: 0.65 }
        : { radius: 5, color: "#55636a", weight: 1, fillColor: "#fff", fillOpacity: 1 };
      const text = known ? `${cercle.label} : ${n}` : `${cercle.label} : ${n === null ? words.hidden : words.none}`;
      L.circleMarker(cercle.at, style).bindTooltip(text).addTo(circles);
    }
  };

  // Sites that lie within 30 pixels of each other are one circle with their number.
  const drawSites = () => {
    points.clearLayers();
    const groups = new Map();
    for (const site of sites) {
      const at = map.latLngToLayerPoint(site.at);
      const key = `${Math.floor(at.x / 30)} ${Math.floor(at.y / 30)}`;
      groups.set(key, [...(groups.get(key) || []), site]);
    }
    for (const group of groups.values()) {
      const lat = group.reduce((sum, site) => sum + site.at[0], 0) / group.length;
      const lon = group.reduce((sum, site) => sum + site.at[1], 0) / group.length;
      const text = group.map((site) => site.label + (site.exact ? "" : ` (${words.about})`)).join(", ");
      const style = { radius: group.length > 1 ? 10 : 6, color: "#7a4b00", weight: 2, fillColor: "#f2b544", fillOpacity: 0.9 };
      L.circleMarker([lat, lon], style).bindTooltip(group.length > 1 ? `${group.length} : ${text}` : text).addTo(points);
    }
  };

  const draw = (answer) => {
    data = answer;
    slider.max = Math.max(data.periods.length - 1, 0);
    slider.value = slider.max;
    slider.disabled = data.periods.length < 2;
    drawCercles();
    return fetch(data.outline).then((r) => r.json()).then((shape) => {
      const lines = L.geoJSON(shape, { interactive: false, style: { color: "#7d8a90", weight: 1.2, fillColor: "#fff", fillOpacity: 0.8 } });
      lines.addTo(map);
      lines.bringToBack();
      box.dataset.ready = "1";
    });
  };

  fetch("/map/data").then((r) => r.json()).then(draw);
  slider.addEventListener("input", drawCercles);
  map.on("zoomend", drawSites);

  const tick = document.getElementById("sites");
  if (tick) {
    tick.addEventListener("change", () => {
      if (!tick.checked) { points.remove(); return; }
      fetch("/map/sites").then((r) => r.json()).then((found) => { sites = found; drawSites(); points.addTo(map); });
    });
  }

  document.getElementById("picture").addEventListener("click", () => {
    const canvas = box.querySelector("canvas");
    const size = map.getSize();
    const copy = document.createElement("canvas");
    copy.width = size.x * 2;
    copy.height = (size.y + 40) * 2;
    const pen = copy.getContext("2d");
    pen.scale(2, 2);
    pen.fillStyle = "#eaf0f1";
    pen.fillRect(0, 0, size.x, size.y + 40);
    const shift = canvas.getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    pen.drawImage(canvas, shift.left - frame.left, shift.top - frame.top + 28, shift.width, shift.height);
    pen.fillStyle = "#1d2a2f";
    pen.font = "600 15px sans-serif";
    pen.fillText(`${words.title} – ${shown.textContent}`, 10, 20);
    pen.font = "11px sans-serif";
    pen.fillText(words.credit, 10, size.y + 33);
    copy.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = "carte.png";
      link.click();
      URL.revokeObjectURL(link.href);
    });
  });
})();
