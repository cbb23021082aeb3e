//! Assignments in a drop-in, and the edits that mend them.

use super::*;

/// What systemd 252 says of each line was asked of `systemd-analyze verify`.
#[test]
fn a_torn_assignment_is_one_fault() {
    let lost = &[Cause::NoAssignment];
    expect(
        "Environment = HTTP_PROXY=a:1",
        "HTTP_PROXY",
        Some("a:1"),
        &[],
    );
    expect("Environment=HTTP_PROXY = a:1", "HTTP_PROXY", None, lost);
    expect("Environment=HTTP_PROXY =a:1", "HTTP_PROXY", None, lost);
    expect("Environment=HTTP_PROXY= a:1", "HTTP_PROXY", Some(""), lost);
    expect("Environment=HTTP_PROXY a:1", "HTTP_PROXY", None, lost);
    expect("Environment=HTTP_PROXY", "HTTP_PROXY", None, lost);
    expect("Environment=HTTP_PROXY =", "HTTP_PROXY", None, lost);
    expect("Environment=NO_PROXY = a, .b", "NO_PROXY", None, lost);
    expect("Environment=NO_PROXY= a, .b", "NO_PROXY", Some(""), lost);
    expect(
        "Environment=HTTP_PROXY = \\\n a:1",
        "HTTP_PROXY",
        None,
        lost,
    );
    // A value that is an assignment is one.
    expect("Environment=A = b=c", "b", Some("c"), lost);
    // Two faults.
    expect("Environment=A = a B = b", "A", None, &[lost[0], lost[0]]);
    expect(
        "Environment=A = a # note",
        "A",
        None,
        &[lost[0], Cause::InlineComment],
    );
    // The rest of a list is that of the word before it, not of the last assignment.
    let daemon = drop_in("Environment=A=1 foo, bar");
    let names: Vec<_> = daemon
        .diagnostics
        .iter()
        .map(|it| it.name.as_deref())
        .collect();
    assert_eq!(names, [None, None]);
}

/// The repair of the only fault of a line: whether it is safe, and what it makes of the line.
fn joined(line: &str) -> Option<(bool, String)> {
    let mut text = format!("[Service]\n{line}");
    let daemon = machine(&[(DROP_IN, &text)]);
    let mut repairs = daemon.diagnostics.into_iter().filter_map(|it| it.repair);
    let repair = repairs.next()?;
    assert_eq!(repairs.next(), None, "{line}");
    for (at, replacement) in repair.edits.iter().rev() {
        text.replace_range(at.span.range(), replacement);
    }
    let (_, line) = text.split_once('\n').unwrap();
    Some((repair.safe, line.to_owned()))
}

#[test]
fn a_torn_assignment_is_joined_where_its_value_is_plain() {
    for (line, safe, mended) in [
        ("NO_PROXY = a, .b", true, "\"NO_PROXY=a, .b\""),
        ("A =b HTTP_PROXY", true, "A=b HTTP_PROXY"),
        // An empty value is how one clears a variable.
        ("HTTP_PROXY= a:1", false, "HTTP_PROXY=a:1"),
        (
            "HTTP_PROXY= HTTPS_PROXY a:1",
            false,
            "HTTP_PROXY= HTTPS_PROXY=a:1",
        ),
        // The name nobody reads is mended with it.
        ("http-proxy = a:1", false, "HTTP_PROXY=a:1"),
        ("HTTPPROXY = a:1", false, "HTTP_PROXY=a:1"),
    ] {
        let expected = Some((safe, format!("Environment={mended}")));
        assert_eq!(joined(&format!("Environment={line}")), expected, "{line}");
    }
    for line in [
        "HTTP_PROXY HTTPS_PROXY NO_PROXY",
        "HTTP_PROXY := a:1",
        "HTTP_PROXY :=a:1",
        "HTTP_PROXY ==a:1",
        "HTTP_PROXY -> a:1",
        "HTTP_PROXY = a:1 and b:2",
        "1A = x",
        "A.B =x",
        "A = DB_HOST x",
        "A = x DB_HOST x",
    ] {
        assert_eq!(joined(&format!("Environment={line}")), None, "{line}");
    }
    let daemon = drop_in("Environment=A= b HTTP_PROXY http://p:1 NO_PROXY localhost");
    let edits = daemon.diagnostics.iter().filter_map(|it| it.repair.clone());
    let safe: Vec<bool> = edits.map(|it| it.safe).collect();
    assert_eq!(safe, [false; 3]);
}

/// It may be the value of a secret that a blank has torn from its name.
#[test]
fn a_word_that_is_no_assignment_is_not_quoted() {
    for line in [
        "DB_PASSWORD {}",
        "DB_PASSWORD \\\n {}",
        "DB_PASSWORD {}-+/x==",
        "DB_PASSWORD {}-%h=",
        "DB_PASSWORD {}-%! =",
        "DB_PASSWORD {}-%!=",
        "DB_PASSWORD {}-x = x",
    ] {
        let line = line.replace("{}", "hunter2");
        for found in drop_in(&format!("Environment={line}")).diagnostics {
            let told = format!("{} {:?} {:?}", found.message, found.help, found.name);
            assert!(!told.contains("hunter"), "{line}: {told}");
        }
    }
    let daemon = drop_in("Environment=HTTP_PROXY");
    assert!(
        daemon.diagnostics[0]
            .message
            .starts_with("`HTTP_PROXY` is no")
    );
}

#[test]
fn repairs_mend_what_they_are_for() {
    for (lines, name, value) in [
        (
            "Environment=\"HTTP_PROXY=http://u:p%40s@h:1\"",
            "HTTP_PROXY",
            "http://u:p%40s@h:1",
        ),
        (
            "Environment=\"HTTP_PROXY=http://u:%C3%A9@h:1\"",
            "HTTP_PROXY",
            "http://u:%C3%A9@h:1",
        ),
        (
            "Environment=\"HTTP_PROXY=http://CORP\\user:x@h:1\"",
            "HTTP_PROXY",
            "http://CORP%5Cuser:x@h:1",
        ),
        (
            "Environment=\"HTTP_PROXY=http://CORP\\tom:x@h:1\"",
            "HTTP_PROXY",
            "http://CORP%5Ctom:x@h:1",
        ),
        ("Environment=\"HTTP_PROXY=a:1 NO_PROXY=b\"", "NO_PROXY", "b"),
        ("Environment=HTTP_PROXY=a:1,NO_PROXY=b", "NO_PROXY", "b"),
        ("Environment=\"HTTP_PROXY=a:1", "HTTP_PROXY", "a:1"),
        ("Environment=HTTP_PROXY = a:1", "HTTP_PROXY", "a:1"),
        ("Environment=HTTP_PROXY =a:1", "HTTP_PROXY", "a:1"),
        ("Environment = HTTP_PROXY= \"a:1\"", "HTTP_PROXY", "a:1"),
        ("Environment=\"HTTP_PROXY\" = a:1", "HTTP_PROXY", "a:1"),
        ("Environment=\"HTTP_PROXY = a:1\"", "HTTP_PROXY", "a:1"),
        ("HTTP_PROXY = a:1", "HTTP_PROXY", "a:1"),
        ("Environment=HTTP_PROXY a:1", "HTTP_PROXY", "a:1"),
        ("Environment=A = a B= b NO_PROXY = c,d", "NO_PROXY", "c,d"),
        (
            "Environment=HTTP_PROXY=http://u:o'b@h:1",
            "HTTP_PROXY",
            "http://u:o'b@h:1",
        ),
        ("Environment=NO_PROXY=a, b", "NO_PROXY", "a, b"),
        (
            "Environment=HTTP_PROXY=a:1 \\\nEnvironment=NO_PROXY=b",
            "NO_PROXY",
            "b",
        ),
        ("HTTP_PROXY=a:1", "HTTP_PROXY", "a:1"),
        ("environment=HTTP_PROXY=a:1", "HTTP_PROXY", "a:1"),
        (
            "[Services]\nEnvironment=HTTP_PROXY=a:1",
            "HTTP_PROXY",
            "a:1",
        ),
        ("[Service]Environment=HTTP_PROXY=a:1", "HTTP_PROXY", "a:1"),
        (
            "[Service # x\nEnvironment=HTTP_PROXY=a:1",
            "HTTP_PROXY",
            "a:1",
        ),
        ("Environment=\"HTTP_PROXY =a:1\"", "HTTP_PROXY", "a:1"),
        ("Environment=\"HTTP_PROXY＝a:1\"", "HTTP_PROXY", "a:1"),
        ("Environment=Http_Proxy=a:1", "HTTP_PROXY", "a:1"),
    ] {
        let mut text = format!("[Service]\n{lines}");
        // A fix may bring the next one to light; two rounds are enough for all.
        for _ in 0..2 {
            let daemon = machine(&[(DROP_IN, &text)]);
            let mut edits: Vec<_> = daemon
                .diagnostics
                .iter()
                .filter_map(|found| found.repair.clone())
                .flat_map(|repair| repair.edits)
                .collect();
            edits.sort_by_key(|(at, _)| std::cmp::Reverse(at.span.start));
            for (at, replacement) in edits {
                text.replace_range(at.span.range(), &replacement);
            }
        }
        let daemon = machine(&[(DROP_IN, &text)]);
        assert_eq!(get(&daemon, name), Some(value), "{lines} -> {text}");
        assert_eq!(causes(&daemon), [], "{lines} -> {text}");
    }
}
