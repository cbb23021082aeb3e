//! A value that a secret is made of is one, whatever its own name: no command prints it.

#[allow(dead_code, reason = "these runs need not succeed")]
#[path = "support/program.rs"]
mod program;

use program::docklint;

#[test]
fn no_command_prints_what_a_secret_is_made_of() {
    let secret = ["Zx9Qw3", "rtyU10p"].concat();
    for text in [
        "FROM debian:12\nARG PW={}\nENV DB_PASSWORD=$PW\n",
        "ARG PW={}\nFROM debian:12\nARG PW\nARG API_TOKEN=$PW\nRUN curl -H \"X: $API_TOKEN\" https://a.example\n",
        "FROM debian:12\nARG U=bob\nARG PW={}\nENV INDEX=https://$U:$PW@pypi.corp.example/simple\n",
        "FROM debian:12\nARG PW={}\nRUN curl -u bob:$PW https://a.example\n",
    ] {
        let files = [("Dockerfile", &*text.replace("{}", &secret))];
        let mut runs = vec![
            vec!["check", "--pedantic"],
            vec!["resolve", "Dockerfile"],
            vec!["resolve", "Dockerfile", "--format", "json"],
        ];
        for format in ["human", "json", "mermaid", "dot", "svg", "html"] {
            runs.push(vec!["trace", "PW", "Dockerfile", "--format", format]);
        }
        for format in ["human", "concise", "json", "sarif", "github", "gitlab"] {
            runs.push(vec!["check", "--format", format]);
        }
        for arguments in runs {
            let output = docklint(&files, &arguments);
            let printed = [output.stdout, output.stderr].concat();
            let printed = String::from_utf8_lossy(&printed);
            assert!(!printed.contains(&secret), "{arguments:?}\n{printed}");
        }
    }
}

/// What the caller's shell holds is nobody's business either, as little as what `.env` does.
#[test]
fn no_command_prints_what_the_shell_was_told_to_hold() {
    let secret = ["supersecret", "value99"].concat();
    let compose = "services:\n  a:\n    build:\n      context: .\n      args:\n        X: ${ANYTHING}\n        API: x-${ANYTHING}\n    cpus: ${ANYTHING}\n    env_file: ${ANYTHING}\n    environment:\n      Y: ${ANYTHING}\n";
    let files = [
        ("compose.yaml", compose),
        (
            "Dockerfile",
            "FROM alpine\nARG X\nARG API\nENV Y=$API\nRUN echo $X\n",
        ),
    ];
    let told = format!("ANYTHING={secret}");
    for arguments in [
        vec!["check", "--pedantic"],
        vec!["check", "--format", "json"],
        vec!["resolve", "compose.yaml"],
        vec!["resolve", "compose.yaml", "--format", "json"],
        vec!["trace", "API", "."],
        vec!["trace", "API", ".", "--format", "json"],
        vec!["trace", "X", ".", "--format", "html"],
    ] {
        let output = docklint(&files, &[&*arguments, &["--env", &told]].concat());
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed);
        assert!(!printed.contains(&secret), "{arguments:?}\n{printed}");
    }
}

/// A pass-through stays one when the shell's value is known: nothing stands in the file.
#[test]
fn a_password_of_the_shell_is_not_in_the_file() {
    let files = [
        (
            "compose.yaml",
            "services:\n  a:\n    build:\n      context: .\n      args:\n        HTTPS_PROXY: ${HTTPS_PROXY}\n",
        ),
        ("Dockerfile", "FROM alpine\nRUN apk add curl\n"),
    ];
    let told = format!(
        "HTTPS_PROXY=http://bob:{}@proxy.example:3128",
        ["Zm9", "v-Kq7"].concat()
    );
    let output = docklint(&files, &["check", "--format", "concise", "--env", &told]);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(!printed.contains("secret-in-arg"), "{printed}");
}

/// A value of `.env` that is put together of a secret and more: none of it is shown, though it
/// stands in no file as a whole.
#[test]
fn no_command_prints_what_dotenv_puts_together() {
    let secret = ["Zx9Qw3", "rtyU10p"].concat();
    let dotenv = format!(
        "API_TOKEN={secret}\nB=$API_TOKEN-morewords77\nC=pre77words-$API_TOKEN\nD=${{B}}\nE=$NOWHERE-l1teral\n"
    );
    let compose = "services:\n  a:\n    build:\n      context: .\n      args:\n        W: ${E}\n        X: ${B}\n        Y: v-${C}\n        Z: ${D}\n    environment:\n      V: ${B}\n";
    let files = [
        ("compose.yaml", compose),
        (".env", &*dotenv),
        (
            "Dockerfile",
            "FROM alpine\nARG W\nARG X\nARG Y\nARG Z\nRUN echo $W $X $Y $Z\n",
        ),
    ];
    for arguments in [
        vec!["check", "--pedantic"],
        vec!["check", "--format", "json"],
        vec!["resolve", "compose.yaml"],
        vec!["resolve", "compose.yaml", "--format", "json"],
        vec!["resolve", "Dockerfile"],
        vec!["trace", "W", "."],
        vec!["trace", "X", "."],
        vec!["trace", "Y", ".", "--format", "json"],
        vec!["trace", "Z", ".", "--format", "html"],
    ] {
        let output = docklint(&files, &[&*arguments, &["--env-file", ".env"]].concat());
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed);
        for part in [&*secret, "morewords77", "pre77words", "l1teral"] {
            assert!(!printed.contains(part), "{arguments:?}\n{printed}");
        }
    }
}
