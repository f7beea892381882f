//! A window of the browser, used as a person uses it: by pointer and keys, waiting for what is seen.

use std::{
    cell::RefCell,
    fs,
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{browser::Wire, house::left_behind};

/// How long what is waited for may take to be seen.
const PATIENCE: Duration = Duration::from_secs(15);

/// What the page is asked to do in its own words: how a thing is found, and what is told of a breach of the policy.
const HELPERS: &str = r#"
    window.seen = (css, text = "") => [...document.querySelectorAll(css)].find((it) =>
        it.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && it.textContent.includes(text));
    document.addEventListener("securitypolicyviolation", (event) =>
        console.error("against the policy:", event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber));
"#;

/// One window.
pub struct Page {
    wire: Arc<Wire>,
    id: String,
    base: String,
    log: RefCell<Log>,
}

/// What happened on a page so far.
#[derive(Default)]
struct Log {
    /// Errors of the console and of scripts.
    errors: Vec<String>,
    /// Method and path of each call of the API.
    calls: Vec<String>,
}

/// A key, as a keyboard tells it.
fn key(name: &str) -> (String, u32, Option<&str>) {
    match name {
        "Enter" => ("Enter".into(), 13, Some("\r")),
        "Tab" => ("Tab".into(), 9, None),
        "Escape" => ("Escape".into(), 27, None),
        "ArrowDown" => ("ArrowDown".into(), 40, None),
        "ArrowUp" => ("ArrowUp".into(), 38, None),
        "ArrowRight" => ("ArrowRight".into(), 39, None),
        " " => ("Space".into(), 32, Some(" ")),
        "/" => ("Slash".into(), 191, Some("/")),
        other => panic!("no such key: {other}"),
    }
}

impl Page {
    pub fn new(wire: Arc<Wire>, id: String, base: String) -> Self {
        let page = Self { wire, id, base, log: RefCell::default() };
        for domain in ["Page", "Runtime", "Network", "Log", "DOM"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        page.call("Page.addScriptToEvaluateOnNewDocument", json!({"source": HELPERS}));
        page.look(1280, "light");
        page
    }

    fn call(&self, method: &str, params: Value) -> Value {
        self.wire.call(Some(&self.id), method, params)
    }

    /// Looks through a window so wide, 900 pixels high, in light or dark.
    pub fn look(&self, width: u32, scheme: &str) {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        self.call("Emulation.setDeviceMetricsOverride", size);
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"}]});
        self.call("Emulation.setEmulatedMedia", features);
    }

    /// Opens an address of the application anew, as from the address bar.
    pub fn open(&self, path: &str) {
        let ready = "document.documentElement.classList.contains('ready') && !!seen('h1')";
        self.open_page(path, ready);
    }

    /// Opens any page of the program, and waits until it is ready.
    pub fn open_page(&self, path: &str, ready: &str) {
        self.call("Page.navigate", json!({"url": format!("{}{path}", self.base)}));
        self.wait("the page", ready);
    }

    /// Opens it in this language.
    pub fn speak(&self, language: &str) {
        self.run(&format!("localStorage.setItem('careerd.language', '{language}')"));
        self.open("/");
        self.wait("the language", &format!("document.documentElement.lang === '{language}'"));
    }

    /// Goes to an address within the application, and answers the milliseconds until it was shown.
    pub fn go(&self, path: &str) -> f64 {
        let took = self.run(&format!(
            "(async () => {{
                const main = document.querySelector('script[type=module]').src;
                const {{ go }} = await import(main.replace('main.js', 'core/router.js'));
                const begun = performance.now();
                await go({path:?});
                document.body.offsetHeight;
                return performance.now() - begun;
            }})()"
        ));
        took.as_f64().unwrap()
    }

    /// What an expression of the page's language is worth.
    pub fn run(&self, expression: &str) -> Value {
        self.try_run(expression).unwrap_or_else(|error| self.fail(&error))
    }

    fn try_run(&self, expression: &str) -> Result<Value, String> {
        let params =
            json!({"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true});
        let answer = self.wire.try_call(Some(&self.id), "Runtime.evaluate", params)?;
        match answer["exceptionDetails"]["exception"]["description"].as_str() {
            Some(error) => Err(format!("{error}\n  in {expression:.300}")),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// Waits until the expression is true; while a page is being replaced it is not.
    pub fn wait(&self, what: &str, expression: &str) {
        let begun = Instant::now();
        let mut last = String::new();
        while begun.elapsed() < PATIENCE {
            match self.try_run(expression) {
                Ok(Value::Bool(true)) => return,
                Ok(other) => last = other.to_string(),
                Err(error) => last = error,
            }
            thread::sleep(Duration::from_millis(15));
        }
        self.fail(&format!("in vain: {what} ({last})"))
    }

    /// Ends the test with what was on the screen.
    fn fail(&self, what: &str) -> ! {
        let name = thread::current().name().unwrap_or("test").replace("::", "-");
        let path = left_behind("screens").join(format!("failed-{name}.jpg"));
        self.photograph(&path);
        let at = self.try_run("location.href + '\\n' + document.querySelector('main')?.innerText.slice(0, 600)");
        panic!(
            "{what}\n{}\n{:?}\nthe screen: {}",
            at.unwrap_or_default().as_str().unwrap_or_default(),
            self.errors(),
            path.display()
        )
    }

    /// Waits until something of this selector and with this text is seen.
    pub fn see(&self, css: &str, text: &str) {
        self.wait(&format!("{css} with “{text}”"), &format!("!!seen({css:?}, {text:?})"));
    }

    /// Waits until nothing such is seen any more.
    pub fn see_gone(&self, css: &str, text: &str) {
        self.wait(&format!("no {css} with “{text}”"), &format!("!seen({css:?}, {text:?})"));
    }

    /// The text of the first of these.
    pub fn text(&self, css: &str) -> String {
        self.see(css, "");
        self.run(&format!("seen({css:?}).textContent.trim()")).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the address is this, with whatever query.
    pub fn arrive(&self, path: &str) {
        self.wait(&format!("arriving at {path}"), &format!("location.pathname === {path:?}"));
    }

    /// The path of the address.
    pub fn path(&self) -> String {
        self.run("location.pathname").as_str().unwrap().to_owned()
    }

    /// Clicks on the middle of the first such thing, once nothing lies over it.
    pub fn click(&self, css: &str, text: &str) {
        let place = format!(
            "(() => {{
                const it = seen({css:?}, {text:?});
                if (!it || it.disabled) return 'not there';
                it.scrollIntoView({{ block: 'center', behavior: 'instant' }});
                const box = it.getClientRects()[0];
                const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                const top = document.elementFromPoint(x, y);
                window.place = [x, y];
                return it.contains(top) || top?.contains(it) || 'covered by ' + top?.outerHTML.slice(0, 200);
            }})()"
        );
        self.wait(&format!("{css} with “{text}” to click on"), &place);
        let at = self.run("place");
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Writes into a field in place of what is in it.
    pub fn fill(&self, css: &str, text: &str) {
        self.see(css, "");
        self.run(&format!("(() => {{ const it = seen({css:?}); it.focus(); it.select?.(); }})()"));
        self.write(text);
    }

    /// Writes where the focus is.
    pub fn write(&self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Chooses in a list of choices.
    pub fn choose(&self, css: &str, value: &str) {
        self.see(css, "");
        let event = "it.dispatchEvent(new Event('input', { bubbles: true })); it.dispatchEvent(new Event('change', { bubbles: true }))";
        self.run(&format!("(() => {{ const it = seen({css:?}); it.value = {value:?}; {event}; }})()"));
    }

    /// Gives files to a field for files.
    pub fn give(&self, css: &str, file: &Path) {
        self.wait("a field for files", &format!("!!document.querySelector({css:?})"));
        let found = self.call("Runtime.evaluate", json!({"expression": format!("document.querySelector({css:?})")}));
        let params = json!({"files": [file], "objectId": found["result"]["objectId"]});
        self.call("DOM.setFileInputFiles", params);
    }

    /// Presses a key, with Shift where its name begins so.
    pub fn press(&self, name: &str) {
        let (shift, plain) = name.strip_prefix("Shift+").map_or((0, name), |it| (8, it));
        let (code, number, text) = key(plain);
        let mut event =
            json!({"type": "keyDown", "key": plain, "code": code, "windowsVirtualKeyCode": number, "modifiers": shift});
        if let Some(text) = text {
            event["text"] = json!(text);
        }
        self.call("Input.dispatchKeyEvent", event.clone());
        event["type"] = json!("keyUp");
        self.call("Input.dispatchKeyEvent", event);
    }

    /// Signs in by the form that is shown.
    pub fn sign_in(&self, name: &str, password: &str) {
        self.fill("[name=username]", name);
        self.fill("[name=password]", password);
        self.click("form.card button.main", "");
        self.see(".topbar .bell", "");
        self.wait("leaving the form", "location.pathname !== '/sign-in' && !!seen('main h1')");
    }

    /// Cuts the connection, or gives it back; `latency` is in milliseconds each way.
    pub fn connection(&self, offline: bool, latency: u32) {
        let params = json!({"offline": offline, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1});
        self.call("Network.emulateNetworkConditions", params);
    }

    /// Forgets every cookie, as when a sign-in was ended elsewhere.
    pub fn forget_cookies(&self) {
        self.call("Network.clearBrowserCookies", json!({}));
    }

    fn listen(&self) {
        let mut log = self.log.borrow_mut();
        for event in self.wire.events(&self.id) {
            let params = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Runtime.exceptionThrown" => log.errors.push(params["exceptionDetails"]["exception"].to_string()),
                "Runtime.consoleAPICalled" if params["type"] == "error" => log.errors.push(params["args"].to_string()),
                "Log.entryAdded" if params["entry"]["level"] == "error" => {
                    log.errors.push(format!("{} {}", params["entry"]["text"], params["entry"]["url"]));
                }
                "Network.requestWillBeSent" => {
                    let request = &params["request"];
                    let url = request["url"].as_str().unwrap_or_default();
                    if let Some(path) = url.strip_prefix(&self.base).filter(|it| it.starts_with("/api/")) {
                        log.calls.push(format!("{} {path}", request["method"].as_str().unwrap_or_default()));
                    }
                }
                _ => {}
            }
        }
    }

    /// The errors since this was asked the last time.
    pub fn errors(&self) -> Vec<String> {
        self.listen();
        std::mem::take(&mut self.log.borrow_mut().errors)
    }

    /// The calls of the API since this was asked the last time.
    pub fn calls(&self) -> Vec<String> {
        self.listen();
        std::mem::take(&mut self.log.borrow_mut().calls)
    }

    /// Keeps what is seen, the whole length of the page.
    pub fn photograph(&self, path: &Path) {
        let height = self.try_run("Math.min(2600, document.documentElement.scrollHeight)").unwrap_or_default();
        let width = self.try_run("innerWidth").unwrap_or_default();
        let clip =
            json!({"x": 0, "y": 0, "width": width, "height": height.as_f64().unwrap_or(900.0).max(900.0), "scale": 1});
        let params = json!({"format": "jpeg", "quality": 70, "clip": clip, "captureBeyondViewport": true});
        if let Ok(picture) = self.wire.try_call(Some(&self.id), "Page.captureScreenshot", params) {
            fs::write(path, STANDARD.decode(picture["data"].as_str().unwrap_or_default()).unwrap()).unwrap();
        }
    }
}
