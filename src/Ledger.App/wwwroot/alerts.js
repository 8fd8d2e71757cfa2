// Has a part of a page be read anew, by htmx, when an alert is made.
"use strict";

for (const place of document.querySelectorAll("[data-alerts]")) {
  new EventSource(place.dataset.alerts).addEventListener("alert", () => htmx.trigger(place, "alert"));
}
