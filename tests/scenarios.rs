//! The project's own library of scenarios: each one is a test.

threadbare::test_main!("scenarios");
