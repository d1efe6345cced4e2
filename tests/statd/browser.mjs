// A headless Chromium over its own protocol, with Node's WebSocket and nothing else.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Until it gives something true; a condition is waited for, with a bound.
export async function until(what, condition, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(25)) {
    const found = await condition();
    if (found) return found;
  }
  throw new Error(`waited in vain: ${what}`);
}

export class Browser {
  static async start(program) {
    const browser = new Browser();
    browser.folder = mkdtempSync(join(tmpdir(), "varde-browser-"));
    browser.process = spawn(program, ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--remote-debugging-port=0", `--user-data-dir=${browser.folder}`, "about:blank"], { stdio: "ignore" });
    process.on("exit", () => browser.process.kill("SIGKILL")); // however the tests end
    for (const signal of ["SIGINT", "SIGTERM"])
      process.on(signal, () => process.exit(1));
    const [port, path] = (await until("DevToolsActivePort", () => {
      try {
        return readFileSync(join(browser.folder, "DevToolsActivePort"), "utf8");
      } catch {
        return null;
      }
    }, 60)).split("\n");
    browser.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    browser.waiting = new Map();
    browser.pages = new Map();
    browser.socket.onmessage = (event) => browser.#take(JSON.parse(event.data));
    await new Promise((done, failed) => { browser.socket.onopen = done; browser.socket.onerror = failed; });
    return browser;
  }

  #take({ id, result, error, method, params, sessionId }) {
    if (id === undefined)
      return this.pages.get(sessionId)?.told(method, params);
    const { done, failed } = this.waiting.get(id);
    this.waiting.delete(id);
    return error ? failed(new Error(error.message)) : done(result);
  }

  ask(method, params = {}, sessionId = undefined) {
    const id = ++Browser.count;
    this.socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((done, failed) => this.waiting.set(id, { done, failed }));
  }

  async page() {
    const { targetId } = await this.ask("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.ask("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId);
    this.pages.set(sessionId, page);
    for (const domain of ["Page", "Runtime", "Network", "Log"])
      await page.ask(`${domain}.enable`);
    return page;
  }

  async stop() {
    const ended = new Promise((done) => this.process.once("exit", done));
    await this.ask("Browser.close").catch(() => {});
    this.socket.close();
    await ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
Browser.count = 0;

const KEYS = { Tab: ["Tab", 9], Enter: ["Enter", 13, "\r"], " ": ["Space", 32, " "] };

export class Page {
  constructor(browser, session) {
    Object.assign(this, { browser, session, asked: [], faults: [] });
  }

  ask(method, params) {
    return this.browser.ask(method, params, this.session);
  }

  told(method, params) {
    if (method === "Network.requestWillBeSent")
      this.asked.push(params.request.url);
    if (method === "Runtime.exceptionThrown")
      this.faults.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === "Log.entryAdded" && params.entry.level === "error")
      this.faults.push(`${params.entry.text} ${params.entry.url ?? ""}`);
    if (method === "Runtime.consoleAPICalled" && params.type === "error")
      this.faults.push(params.args.map((a) => a.value ?? a.description).join(" "));
  }

  // The value of a function run in the page.
  async run(fn, ...words) {
    const { result, exceptionDetails } = await this.ask("Runtime.evaluate", {
      expression: `(${fn})(${words.map((w) => JSON.stringify(w)).join(",")})`, awaitPromise: true, returnByValue: true });
    if (exceptionDetails)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async size(width, height = 900) {
    await this.ask("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  }

  async scheme(value) {
    await this.ask("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
  }

  async open(url) {
    await this.ask("Page.navigate", { url });
    await this.settled();
  }

  // The page says when it shows what its address asks for.
  async settled() {
    await until("the page is ready", () => this.run(() => document.readyState === "complete" && document.documentElement.dataset.ready === "true").catch(() => false));
  }

  async press(key, times = 1) {
    const [code, number, text] = KEYS[key];
    for (let i = 0; i < times; i++) {
      const about = { key, code, windowsVirtualKeyCode: number };
      await this.ask("Input.dispatchKeyEvent", { type: "keyDown", ...about, text });
      await this.ask("Input.dispatchKeyEvent", { type: "keyUp", ...about });
    }
  }

  // Tab until the focused element is that, as somebody without a mouse does.
  async tabTo(selector, most = 150) {
    for (let i = 0; i < most; i++) {
      await this.press("Tab");
      if (await this.run((s) => document.activeElement?.matches(s), selector)) {
        const seen = await this.run(() => {
          const style = getComputedStyle(document.activeElement);
          return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        });
        if (!seen) throw new Error(`no visible focus on ${selector}`);
        return i + 1;
      }
    }
    throw new Error(`cannot reach ${selector} with Tab`);
  }
}
