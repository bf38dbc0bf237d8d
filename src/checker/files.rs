//! Files and folders become sources, or errors that name the path.

use crate::base::{Diagnostic, Source, Span};
use crate::report::ScenarioReport;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of one file.
const FILE_MAX: u64 = 1 << 20;
/// Files in one check.
const FILES_MAX: usize = 10_000;

/// A text to check, or a file to read.
#[derive(Clone, Debug)]
pub struct Input {
    name: String,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Text(String),
    Source(Source),
    File(PathBuf),
    Error(String),
}

/// A file that could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileError {
    /// Its path as given.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl Input {
    /// A text with the name to report it under.
    pub fn from_text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            content: Content::Text(text.into()),
        }
    }

    /// A source.
    pub fn from_source(source: Source) -> Self {
        Self {
            name: source.name().to_owned(),
            content: Content::Source(source),
        }
    }

    /// A file, read when it is its turn.
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            name: path.display().to_string(),
            content: Content::File(path),
        }
    }

    /// A text that is read here and now, such as standard input.
    pub fn from_reader(name: impl Into<String>, reader: impl Read) -> Self {
        let name = name.into();
        let content = match limited(reader) {
            Ok(text) => Content::Text(text),
            Err(reason) => Content::Error(reason),
        };
        Self { name, content }
    }

    /// A file that could not be read.
    pub fn unreadable(error: FileError) -> Self {
        Self {
            name: error.name,
            content: Content::Error(error.reason),
        }
    }

    /// The files named, and the `.tb` files below the folders named, in order of
    /// their paths; ignored and hidden files are left out. What cannot be walked
    /// becomes an input that fails when it is its turn.
    pub fn collect<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Vec<Input> {
        let mut inputs = Vec::new();
        for path in paths {
            let path = path.as_ref();
            if path.is_dir() {
                inputs.extend(below(path));
            } else {
                inputs.push(Input::from_file(path));
            }
        }
        inputs
    }

    /// The name it is reported under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match &self.content {
            Content::File(path) => Some(path),
            Content::Text(_) | Content::Source(_) | Content::Error(_) => None,
        }
    }

    fn error(path: &Path, reason: impl Into<String>) -> Self {
        Self {
            name: path.display().to_string(),
            content: Content::Error(reason.into()),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`FileError`] if it is no regular file, too large, unreadable or not UTF-8.
    pub fn into_source(self) -> Result<Source, FileError> {
        let name = self.name;
        match self.content {
            Content::Text(text) => Ok(Source::new(name, text)),
            Content::Source(source) => Ok(source),
            Content::Error(reason) => Err(FileError { name, reason }),
            Content::File(path) => match read(&path) {
                Ok(text) => Ok(Source::new(name, text)),
                Err(reason) => Err(FileError { name, reason }),
            },
        }
    }
}

impl FileError {
    pub(super) fn into_report(self) -> ScenarioReport {
        let source = Arc::new(Source::new(self.name, ""));
        let mut report = ScenarioReport::error(source, "", 1);
        report
            .diagnostics
            .push(Diagnostic::error("E001", Span::default(), self.reason));
        report
    }
}

fn read(path: &Path) -> Result<String, String> {
    // Opening a pipe would wait for a writer, so look before.
    let meta = std::fs::metadata(path).map_err(reason)?;
    if !meta.is_file() {
        return Err("this is not a regular file".to_owned());
    }
    if meta.len() > FILE_MAX {
        return Err(too_large());
    }
    limited(std::fs::File::open(path).map_err(reason)?)
}

fn reason(error: std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "no permission to read this file".to_owned(),
        _ => format!("cannot read this file: {error}"),
    }
}

fn too_large() -> String {
    format!("this file is larger than {FILE_MAX} bytes, the limit for a scenario file")
}

fn limited(reader: impl Read) -> Result<String, String> {
    let mut bytes = Vec::new();
    reader
        .take(FILE_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(reason)?;
    if bytes.len() as u64 > FILE_MAX {
        return Err(too_large());
    }
    text(bytes)
}

/// Bytes as text.
///
/// # Errors
///
/// Says where the first byte stands that is no UTF-8.
fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..good]
            .iter()
            .filter(|&&b| b == b'\n')
            .count()
            + 1;
        format!("this file is not UTF-8 text: line {line} has a byte that belongs to no character")
    })
}

fn below(folder: &Path) -> Vec<Input> {
    let mut inputs = Vec::new();
    let walk = ignore::WalkBuilder::new(folder)
        .require_git(false)
        // The user's own settings must not change what a check covers.
        .git_global(false)
        .git_exclude(false)
        .sort_by_file_path(Path::cmp)
        .build();
    for entry in walk {
        match entry {
            Ok(entry) => {
                let is_scenario = entry.path().extension().is_some_and(|end| end == "tb");
                if is_scenario && !entry.path().is_dir() {
                    inputs.push(Input::from_file(entry.into_path()));
                }
            }
            Err(error) => inputs.push(Input::error(folder, error.to_string())),
        }
        if inputs.len() > FILES_MAX {
            inputs.push(Input::error(
                folder,
                format!("more than {FILES_MAX} scenario files"),
            ));
            break;
        }
    }
    if inputs.is_empty() {
        inputs.push(Input::error(
            folder,
            "this folder holds no scenario file (`.tb`)",
        ));
    }
    inputs
}
