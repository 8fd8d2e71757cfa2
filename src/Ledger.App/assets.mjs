// Fetches the pages' front-end assets from npm and copies what the pages use into wwwroot/lib, which git ignores.
// Run by Assets.targets; flock keeps two builds from doing it at the same time.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const files = {
  "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
  "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "echarts.min.js": "echarts/dist/echarts.min.js",
  "inter.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  "inter-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
  "serif.woff2": "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2",
  "serif-ext.woff2": "@fontsource-variable/source-serif-4/files/source-serif-4-latin-ext-wght-normal.woff2",
  // Their licences ask to go with them; Tabler's is a comment in its files.
  "htmx.LICENSE.txt": "htmx.org/LICENSE",
  "echarts.LICENSE.txt": "echarts/LICENSE",
  "inter.LICENSE.txt": "@fontsource-variable/inter/LICENSE",
  "serif.LICENSE.txt": "@fontsource-variable/source-serif-4/LICENSE",
  "icons.LICENSE.txt": "@tabler/icons/LICENSE",
};

// Tabler's outline icons by their names there; a page says <svg class="icon"><use href="/lib/icons.svg#home"/></svg>.
const icons = [
  "activity", "alert-triangle", "arrow-right", "arrows-exchange", "bell", "building", "building-bank", "calendar", "chart-bar",
  "chart-line", "check", "chevron-down", "chevron-left", "chevron-right", "circle-check", "clock", "coins", "database", "download",
  "edit", "external-link", "eye", "file-text", "filter", "git-merge", "heart-handshake", "history", "home", "info-circle", "list",
  "menu-2", "moon", "news", "plus", "quote", "refresh", "rss", "search", "settings", "shield-check", "sun", "trash", "user", "users",
  "world", "x",
];

const app = dirname(fileURLToPath(import.meta.url));
const lib = join(app, "wwwroot/lib");
const stamp = join(lib, "stamp.txt");
const inputs = ["package.json", "package-lock.json", "assets.mjs"].map((name) => join(app, name));
const hash = inputs.reduce((sum, path) => sum.update(readFileSync(path)).update("\0"), createHash("sha256")).digest("hex");

if (Number(process.versions.node.split(".")[0]) < 18) fail(`Node.js 18 or newer is needed for the pages' assets, but here is ${process.versions.node}.`);
if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) {
  // Another build was faster, or only a file's time has changed: the build must see the stamp as newer than its inputs.
  writeFileSync(stamp, hash);
} else {
  fetchAndCopy();
}

function fetchAndCopy() {
  const work = join(app, "obj/assets");
  const fresh = join(work, "lib");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  for (const path of inputs.slice(0, 2)) cpSync(path, join(work, path.slice(app.length)));
  try {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"], { cwd: work, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    fail(`npm could not fetch the pages' assets: ${String(error.stderr ?? error.message).trim().split("\n").join(" ")}`);
  }
  const packages = join(work, "node_modules");
  for (const [name, source] of Object.entries(files)) cpSync(join(packages, source), join(fresh, name));
  writeFileSync(join(fresh, "icons.svg"), sprite(join(packages, "@tabler/icons/icons/outline")));
  writeFileSync(join(fresh, "stamp.txt"), hash);
  rmSync(lib, { recursive: true, force: true });
  mkdirSync(dirname(lib), { recursive: true });
  renameSync(fresh, lib);
  rmSync(work, { recursive: true, force: true });
}

function sprite(folder) {
  const symbols = icons.map((name) => {
    const shapes = readFileSync(join(folder, `${name}.svg`), "utf8").replace(/^[^]*?<svg[^>]*>|<\/svg>|<path stroke="none"[^>]*>|\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
