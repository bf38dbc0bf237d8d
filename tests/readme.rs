//! The README's commands, and what they print: every `console` block is run.

#[test]
fn the_readme_shows_what_the_tool_prints() {
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .case("README.md");
}
