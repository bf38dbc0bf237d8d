//! Values as people write them: `10M`, `4GiB`, `1m30s`, `N=4`, `json=out.json`.

use crate::syntax::did_you_mean;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// A number of things: `500`, `10_000`, `10,000`, `500k`, `20M`, `1G`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Count(pub u64);

/// A size in memory: `512MiB`, `4GiB`, `2GB`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bytes(pub u64);

/// A length of time: `500ms`, `30s`, `1m30s`, `2h`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span(pub Duration);

/// `NAME=VALUE` of `--set`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting {
    /// The constant.
    pub name: String,
    /// Its value; a bool is 0 or 1.
    pub value: i64,
}

/// A bound on switches: `switches=2`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Switches(pub u32);

/// A report format and the file it goes to, if any.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Format {
    /// The format.
    pub kind: Kind,
    /// The file; `None` is standard output.
    pub file: Option<PathBuf>,
}

/// A report format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// For people.
    Human,
    /// One line a finding.
    Short,
    /// For screen readers: sentences, no drawings.
    Prose,
    /// The whole as one JSON document.
    Json,
    /// A JSON document a line for every scenario.
    JsonLines,
    /// JUnit XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// For a review.
    Markdown,
    /// A page to step through.
    Html,
}

impl Kind {
    /// Whether it says what to do about a finding.
    pub fn shows_repairs(self) -> bool {
        self != Kind::Short
    }
}

/// The formats and what they are called.
pub const KINDS: [(&str, Kind); 10] = [
    ("human", Kind::Human),
    ("short", Kind::Short),
    ("prose", Kind::Prose),
    ("json", Kind::Json),
    ("jsonl", Kind::JsonLines),
    ("junit", Kind::Junit),
    ("sarif", Kind::Sarif),
    ("github", Kind::Github),
    ("markdown", Kind::Markdown),
    ("html", Kind::Html),
];

/// What people also call them.
const ALIASES: [(&str, &str); 6] = [
    ("text", "human"),
    ("xml", "junit"),
    ("md", "markdown"),
    ("htm", "html"),
    ("ndjson", "jsonl"),
    ("gha", "github"),
];

const COUNTS: &[(&str, u64)] = &[
    ("", 1),
    ("k", 1_000),
    ("m", 1_000_000),
    ("g", 1_000_000_000),
];

const SIZES: &[(&str, u64)] = &[
    ("b", 1),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
    ("k", 1 << 10),
    ("m", 1 << 20),
    ("g", 1 << 30),
    ("t", 1 << 40),
];

/// In microseconds.
const TIMES: &[(&str, u64)] = &[
    ("us", 1),
    ("ms", 1_000),
    ("s", 1_000_000),
    ("min", 60_000_000),
    ("m", 60_000_000),
    ("h", 3_600_000_000),
];

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "write a whole number, as in 500, 10_000, 500k or 20M";
        let (number, unit, rest) = measure(text).ok_or(example)?;
        if !rest.is_empty() {
            return Err(example.to_owned());
        }
        let number = scaled(&number, &unit, COUNTS, example)?;
        match number {
            0 => Err("write at least 1".to_owned()),
            _ => Ok(Self(number)),
        }
    }
}

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "write a size with its unit, as in 512MiB or 4GiB";
        let (number, unit, rest) = measure(text).ok_or(example)?;
        if !rest.is_empty() {
            return Err(example.to_owned());
        }
        let bytes = scaled(&number, &unit, SIZES, example)?;
        // Less does not even hold the table of states.
        if bytes < 1 << 20 {
            return Err("write at least 1MiB".to_owned());
        }
        Ok(Self(bytes))
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "write a time with its unit, as in 500ms, 30s or 1m30s";
        let mut rest = text.trim().to_owned();
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let (number, unit, more) = measure(&rest).ok_or(example)?;
            let part = scaled(&number, &unit, TIMES, example)?;
            total = total.checked_add(part).ok_or("that is too long")?;
            rest = more;
        }
        match total {
            0 => Err(example.to_owned()),
            _ => Ok(Self(Duration::from_micros(total))),
        }
    }
}

/// The digits, the unit in lower case, and what follows the unit.
fn measure(text: &str) -> Option<(String, String, String)> {
    let text = text.trim();
    let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == '_' || c == ',';
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let end = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(end);
    let digits: String = number.chars().filter(|c| !"_,".contains(*c)).collect();
    let starts_with_digit = number.starts_with(|c: char| c.is_ascii_digit());
    starts_with_digit.then(|| (digits, unit.to_ascii_lowercase(), rest.to_owned()))
}

/// `1.5` and `gib` to bytes: exact, without floating point.
fn scaled(number: &str, unit: &str, units: &[(&str, u64)], example: &str) -> Result<u64, String> {
    let known = units.iter().find(|(name, _)| *name == unit);
    let &(_, factor) = known.ok_or(example)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let (Ok(whole), true) = (
        whole.parse::<u128>(),
        part.len() <= 9 && part.bytes().all(|b| b.is_ascii_digit()),
    ) else {
        return Err(if part.contains('.') || part.len() > 9 {
            example.to_owned()
        } else {
            "that is too large".to_owned()
        });
    };
    let scale = 10u128.pow(u32::try_from(part.len()).expect("at most nine digits"));
    let part: u128 = format!("0{part}").parse().expect("digits");
    let total = whole
        .checked_mul(u128::from(factor))
        .and_then(|whole| whole.checked_add(part * u128::from(factor) / scale));
    total
        .and_then(|total| u64::try_from(total).ok())
        .ok_or_else(|| "that is too large".to_owned())
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "write NAME=VALUE, as in N=4 or strict=true";
        let (name, value) = text.split_once('=').ok_or(example)?;
        let (name, value) = (name.trim(), value.trim());
        let is_name = |c: char| c == '_' || unicode_ident::is_xid_continue(c);
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(example.to_owned());
        }
        let value = match value {
            "true" => 1,
            "false" => 0,
            _ => number(value).ok_or_else(|| {
                format!("{example}; the value is a number of 64 bits, `true` or `false`")
            })?,
        };
        Ok(Self {
            name: name.to_owned(),
            value,
        })
    }
}

impl FromStr for Switches {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let example = "write switches=K with a whole number, as in switches=2";
        let most = text.trim().strip_prefix("switches=").ok_or(example)?;
        let is_number = !most.is_empty() && most.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            return Err(example.to_owned());
        }
        most.parse()
            .map(Self)
            .map_err(|_| "that is too large".to_owned())
    }
}

fn number(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    digits
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(())?;
    format!("{sign}{}", digits.replace('_', "")).parse().ok()
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(file)),
            None => (text, None),
        };
        let Some(&(_, kind)) = KINDS.iter().find(|(known, _)| *known == name) else {
            return Err(unknown_format(name));
        };
        match file {
            Some("") => Err(format!("name the file, as in `{name}=report.txt`")),
            Some("-") | None => Ok(Self { kind, file: None }),
            Some(file) => Ok(Self {
                kind,
                file: Some(PathBuf::from(file)),
            }),
        }
    }
}

fn unknown_format(name: &str) -> String {
    let names: Vec<&str> = KINDS.iter().map(|(known, _)| *known).collect();
    let (last, others) = names.split_last().expect("there are formats");
    let exist = format!("there are {} and {last}", others.join(", "));
    let meant = { ALIASES.iter() }.find(|(alias, _)| alias.eq_ignore_ascii_case(name));
    let near = meant.map(|(_, known)| *known);
    match near.or_else(|| did_you_mean(name, names.iter().copied())) {
        Some(near) => format!("no such format, did you mean {near}? {exist}"),
        None => format!("no such format; {exist}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn count(text: &str, expected: Option<u64>) {
        assert_eq!(text.parse().ok(), expected.map(Count), "{text}");
    }

    #[test]
    fn numbers() {
        count("1", Some(1));
        count("10_000", Some(10_000));
        count("10,000,000", Some(10_000_000));
        count("500k", Some(500_000));
        count("1.5M", Some(1_500_000));
        count("18446744073709551615", Some(u64::MAX));
        for wrong in [
            "",
            "0",
            "-1",
            "x",
            "10q",
            "1e6",
            "18446744073709551616",
            "99999999999G",
            "1.2.3",
            ".5",
        ] {
            count(wrong, None);
        }
        count(&"9".repeat(100_000), None);
    }

    #[test]
    fn sizes() {
        let size = |text: &str| text.parse().ok().map(|Bytes(bytes)| bytes);
        assert_eq!(size("4GiB"), Some(4 << 30));
        assert_eq!(size("4 gib"), Some(4 << 30));
        assert_eq!(size("1.5GiB"), Some(3 << 29));
        assert_eq!(size("200M"), Some(200 << 20));
        assert_eq!(size("2GB"), Some(2_000_000_000));
        for wrong in [
            "",
            "4",
            "4096",
            "1KiB",
            "GiB",
            "4GiBs",
            "99999999TiB",
            "-4GiB",
        ] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times() {
        let ms = |text: &str| text.parse().ok().map(|Span(time)| time.as_millis());
        assert_eq!(ms("30s"), Some(30_000));
        assert_eq!(ms("1m30s"), Some(90_000));
        assert_eq!(ms("1h 30min"), Some(5_400_000));
        assert_eq!(ms("0.5s"), Some(500));
        for wrong in [
            "",
            "30",
            "s",
            "0s",
            "30 fortnights",
            "-3s",
            "99999999999999h",
        ] {
            assert_eq!(ms(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn settings() {
        let set = |text: &str| text.parse().ok().map(|set: Setting| (set.name, set.value));
        assert_eq!(set("N=4"), Some(("N".into(), 4)));
        assert_eq!(set("strict = true"), Some(("strict".into(), 1)));
        assert_eq!(
            set("low=-9223372036854775808"),
            Some(("low".into(), i64::MIN))
        );
        for wrong in [
            "",
            "N",
            "N=",
            "=4",
            "N=four",
            "N=9223372036854775808",
            "a b=1",
            "N=--1",
            "N=+1",
        ] {
            assert_eq!(set(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn switches() {
        let most = |text: &str| text.parse().ok().map(|Switches(most)| most);
        assert_eq!(most("switches=2"), Some(2));
        assert_eq!(most("switches=0"), Some(0));
        for wrong in [
            "",
            "2",
            "switches",
            "switches=",
            "switches=-1",
            "switches=+1",
            "states=2",
        ] {
            assert_eq!(most(wrong), None, "{wrong}");
        }
        assert_eq!(most("switches=4294967296"), None);
    }

    #[test]
    fn formats_that_do_not_exist_name_those_that_do() {
        let error = |text: &str| text.parse::<Format>().expect_err("it is refused");
        assert!(error("pdf").contains("no such format; there are human, short, "));
        assert!(error("jason").contains("did you mean json"));
        assert!(error("XML").contains("did you mean junit"));
        assert!(error("md=x").contains("did you mean markdown"));
        assert!(error("json=").contains("name the file"));
    }
}
