//! `watch`: checks again what changes, and ends on a signal.

use crate::{Folder, GOOD, RACY, command, run_with};
use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A watch under way; what it says goes to files.
struct Watch {
    child: Child,
    folder: Folder,
}

impl Watch {
    /// Watches the folder `w` in a folder.
    fn new(folder: Folder, args: &[&str]) -> Self {
        let out = fs::File::create(folder.path("out")).expect("a file");
        let err = fs::File::create(folder.path("err")).expect("a file");
        let watched = folder.path("w");
        let mut all = vec![
            "watch",
            watched.to_str().expect("UTF-8"),
            "--format",
            "short",
        ];
        all.extend(args);
        let child = command(&all)
            .stdout(Stdio::from(out))
            .stderr(Stdio::from(err))
            .spawn()
            .expect("it can be started");
        Self { child, folder }
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path(file)).expect("it is written")
    }

    /// Waits until it said something so many times.
    #[track_caller]
    fn until(&self, file: &str, words: &str, times: usize) {
        let begun = Instant::now();
        while self.text(file).matches(words).count() < times {
            let late = begun.elapsed() > Duration::from_secs(60);
            assert!(
                !late,
                "{words:?} x{times}:\n{}{}",
                self.text("out"),
                self.text("err")
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.file("w/a.tb", RACY);
    folder.file("w/b.tb", GOOD);
    folder
}

#[test]
fn only_what_changes_is_checked_again() {
    let watch = Watch::new(folder(), &[]);
    watch.until("err", "watching 2 files", 1);
    watch.until("out", "a.tb:3:", 1);
    // As editors do it: a new file takes the name of the old one.
    let beside = watch
        .folder
        .file("w/.a.new", RACY.replace("count", "total"));
    fs::rename(&beside, watch.folder.path("w/a.tb")).expect("it is ours");
    watch.until("out", "`total`", 1);
    watch.until("err", "watching 2 files", 2);
    assert!(watch.text("err").contains("changed: ") && watch.text("err").contains("a.tb\n"));
    // The same text once more is no change.
    watch.folder.file("w/b.tb", GOOD);
    std::thread::sleep(Duration::from_millis(600));
    // A new file, then none.
    watch.folder.file("w/c.tb", RACY.replace("count", "sum"));
    watch.until("out", "`sum`", 1);
    watch.until("err", "watching 3 files", 1);
    fs::remove_file(watch.folder.path("w/c.tb")).expect("it is ours");
    watch.until("err", "a file is gone", 1);
    watch.until("err", "watching 2 files", 3);
    assert!(!watch.text("err").contains("b.tb"), "it never changed");
    assert_eq!(watch.text("out").matches("`total`").count(), 1);
    // A mistake is told, and no end.
    watch.folder.file("w/b.tb", "scenario \"x\" {");
    watch.until("out", "b.tb:1:", 1);
    watch.folder.file("w/b.tb", GOOD);
    watch.until("err", "watching 2 files", 5);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_also_while_it_checks() {
    let long = "scenario \"long\" {\n    atomic a = 0\n    atomic b = 0\n    \
                thread t * 6 { for i in 0..40 { a = i b = i } }\n}\n";
    let folder = Folder::new();
    folder.file("w/a.tb", RACY);
    let mut watch = Watch::new(folder, &["--workers", "1"]);
    watch.until("err", "watching 1 file;", 1);
    watch.folder.file("w/z.tb", long);
    watch.until("err", "changed: ", 1);
    // The long check is given up for what is new, which is told before it begins again.
    watch.folder.file("w/a.tb", RACY.replace("count", "total"));
    watch.until("out", "`total`", 1);
    let id = watch.child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(sent.expect("kill is there").success());
    assert_eq!(watch.child.wait().expect("it ends").code(), Some(130));
}

#[test]
fn standard_input_is_nothing_to_watch() {
    run_with(&["watch", "-"], GOOD.as_bytes())
        .exits(2)
        .says("cannot be watched");
}
