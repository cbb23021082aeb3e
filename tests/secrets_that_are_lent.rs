//! A value that a secret is made of is one, whatever its own name: no command prints it.

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
