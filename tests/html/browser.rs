//! A browser, driven as the WebDriver standard (W3C, 2018) says. The driver is
//! a process of our own and ends with the value.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Lines, Read, Result, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// How long a command may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser without a window.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    /// Kept open, so that the driver can go on talking.
    _said: Lines<BufReader<ChildStdout>>,
}

/// Says so even where the output of tests that pass is not shown.
fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// Keys by their names in the standard.
pub const RIGHT: &str = "\u{e014}";
pub const LEFT: &str = "\u{e012}";
pub const HOME: &str = "\u{e011}";
pub const END: &str = "\u{e010}";

impl Browser {
    /// A browser, or `None` and a line that says so where there is no Chromium
    /// with its driver.
    pub fn new() -> Option<Self> {
        let driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut driver) = driver else {
            skipped("there is no chromedriver here");
            return None;
        };
        let mut said = BufReader::new(driver.stdout.take().expect("it is a pipe")).lines();
        let port = said.by_ref().map_while(Result::ok).find_map(|line| {
            let number = line.split("successfully on port ").nth(1)?;
            number.trim_end_matches('.').parse().ok()
        });
        let mut browser = Self {
            driver,
            port: port.expect("the driver says its port"),
            session: String::new(),
            _said: said,
        };
        let options = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": options },
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let answer = browser.send("POST", "/session", &wanted);
        let Some(session) = answer["sessionId"].as_str() else {
            skipped(&format!(
                "the driver finds no browser: {}",
                answer["message"]
            ));
            return None;
        };
        browser.session = format!("/session/{session}");
        Some(browser)
    }

    /// Opens a file.
    pub fn open(&self, path: &Path) {
        let url = format!("file://{}", path.display());
        self.command("POST", "/url", &json!({ "url": url }));
    }

    /// Presses a key wherever the focus is.
    pub fn press(&self, key: &str) {
        let strokes = json!([
            { "type": "keyDown", "value": key },
            { "type": "keyUp", "value": key },
        ]);
        let keyboard = json!([{ "type": "key", "id": "keyboard", "actions": strokes }]);
        self.command("POST", "/actions", &json!({ "actions": keyboard }));
    }

    /// The value of an expression in the page.
    pub fn eval(&self, expression: &str) -> Value {
        let script = format!("return {expression}");
        self.command(
            "POST",
            "/execute/sync",
            &json!({ "script": script, "args": [] }),
        )
    }

    /// What the page wrote to the console, errors of the browser too.
    pub fn console(&self) -> Value {
        self.command("POST", "/se/log", &json!({ "type": "browser" }))
    }

    #[track_caller]
    fn command(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.send(method, &format!("{}{path}", self.session), body);
        assert!(answer["error"].is_null(), "{path}: {answer}");
        answer
    }

    #[track_caller]
    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.exchange(method, path, body);
        answer.expect("the driver listens, and answers in time")
    }

    fn exchange(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let body = body.to_string();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes())?;
        // The driver keeps the connection, so the length says where the answer ends.
        let mut answer = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            answer.read_line(&mut line)?;
            let line = line.trim_end().to_ascii_lowercase();
            match line.strip_prefix("content-length:") {
                Some(number) => length = number.trim().parse().expect("it is a number"),
                None if line.is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        answer.read_exact(&mut body)?;
        let mut body: Value = serde_json::from_slice(&body)?;
        Ok(body["value"].take())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Without this the browser would outlive its driver.
        let _ = self.exchange("DELETE", &self.session, &json!({}));
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
