#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| docklint_fuzz::parsers::json(bytes));
