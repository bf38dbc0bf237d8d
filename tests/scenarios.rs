//! The project's own library of scenarios, and those of the example: each one is
//! a test.

threadbare::test_main!("scenarios", "tests/account/scenarios");
