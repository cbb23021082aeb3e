#![no_main]

use docklint::source::FileKind;
use docklint_fuzz::check::check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check(FileKind::DaemonJson, bytes));
